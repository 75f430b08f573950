"""What load balancers and monitors ask: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from procrastinate.contrib.django.models import ProcrastinateWorker
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from scopchat.common.asgi import Receive, Scope, Send, answer
from scopchat.common.clock import utc_now
from scopchat.gateway.database import in_thread

WORKER_SEEN_SECONDS = 30


async def healthz(_scope: Scope, _receive: Receive, send: Send) -> None:
    """200 as long as the process answers at all."""
    await answer(send, 200, b"ok\n")


async def readyz(_scope: Scope, _receive: Receive, send: Send) -> None:
    """200 when the product can do its work, else 503 with a line for each thing that is missing."""
    problems = await in_thread(not_ready)
    await answer(send, 503 if problems else 200, ("\n".join(problems) or "ready").encode() + b"\n")


async def metrics(_scope: Scope, _receive: Receive, send: Send) -> None:
    """This process's counters in Prometheus' text format."""
    await answer(send, 200, generate_latest(), CONTENT_TYPE_LATEST)


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
