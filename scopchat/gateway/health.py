"""What load balancers and monitors ask: `/healthz`, `/readyz`, `/metrics`.

The last two tell how the installation is, so they answer who shows `SCOPCHAT_METRICS_TOKEN`, or, where none is set,
requests from this very machine. What a proxy passes on is not from here, even if the proxy is.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from procrastinate.contrib.django.models import ProcrastinateWorker
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from scopchat.common.asgi import Receive, Scope, Send, answer
from scopchat.common.clock import utc_now
from scopchat.gateway.database import in_thread_unscoped

WORKER_SEEN_SECONDS = 30
LOOPBACK = {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
PASSED_ON = {b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip", b"forwarded", b"via"}
"""Headers of which proxies add one at least."""


async def healthz(_scope: Scope, _receive: Receive, send: Send) -> None:
    """200 as long as the process answers at all."""
    await answer(send, 200, b"ok\n")


async def readyz(scope: Scope, _receive: Receive, send: Send) -> None:
    """200 when the product can do its work, else 503 with a line for each thing that is missing; 403 for strangers."""
    if not may_ask(scope):
        return await answer(send, 403)
    problems = await in_thread_unscoped(not_ready)
    return await answer(send, 503 if problems else 200, ("\n".join(problems) or "ready").encode() + b"\n")


async def metrics(scope: Scope, _receive: Receive, send: Send) -> None:
    """This process's counters in Prometheus' text format; 403 for strangers."""
    if not may_ask(scope):
        return await answer(send, 403)
    return await answer(send, 200, generate_latest(), CONTENT_TYPE_LATEST)


def may_ask(scope: Scope) -> bool:
    """Whether it is the monitor: by its token, or as a process of this machine that asks without a proxy between."""
    headers = dict(scope["headers"])
    if settings.METRICS_TOKEN:
        expected = f"Bearer {settings.METRICS_TOKEN}".encode()
        return hmac.compare_digest(headers.get(b"authorization", b""), expected)
    host = (scope.get("client") or ("", 0))[0]
    return host in LOOPBACK and not PASSED_ON & headers.keys()


def not_ready() -> list[str]:
    """What is missing: the database, migrations, a worker seen in the last half minute."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return ["migrations are missing: run scopchat migrate"]
        seen = utc_now() - timedelta(seconds=WORKER_SEEN_SECONDS)
        if not ProcrastinateWorker.objects.filter(last_heartbeat__gt=seen).exists():
            return ["no worker seen for 30 seconds: run scopchat worker"]
    except DatabaseError as error:
        return [f"the database cannot be reached: {type(error).__name__}"]
    return []
