"""The worker process: Procrastinate with this product's settings, kept alive through database outages."""

from __future__ import annotations

import asyncio
import concurrent.futures
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import django
import structlog

logger = structlog.get_logger(__name__)

CONCURRENCY = 200
"""Jobs at once: a sending and a routing run for each of the 64 shards, and room for the rest. They mostly wait."""
THREADS = 8
HEARTBEAT_SECONDS = 2.0
POLL_SECONDS = 0.2
"""A drain queued behind a running one starts within this of its end."""
RESTART_SECONDS = 1.0
SWITCH_SECONDS = 0.0005
"""How long the event loop may keep the interpreter while a thread with the database's answer wants it. Python's own
5 ms, waited for at every statement of a turn, would hold its transaction open for most of the time."""


async def _work(stop: asyncio.Event) -> None:
    from django.conf import settings

    from scopchat.common import http
    from scopchat.gateway.database import Jobs, connection_params
    from scopchat.gateway.journal_listener import Arrivals
    from scopchat.gateway.tasks import STALLED_SECONDS
    from scopchat.gateway.together import Together

    arrivals = Arrivals(connection_params())
    async with http.Client(allow_private=settings.ALLOW_PRIVATE_HOSTS) as client, Jobs() as jobs:
        running = asyncio.create_task(
            jobs.app.run_worker_async(
                concurrency=CONCURRENCY,
                fetch_job_polling_interval=POLL_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
                delete_jobs="successful",
                install_signal_handlers=False,
                shutdown_graceful_timeout=10,
                additional_context={"http": client, "arrivals": arrivals, "together": Together()},
            )
        )
        listening = asyncio.create_task(arrivals.run())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        listening.cancel()
        arrivals.close()
        if not running.done():
            running.cancel()
        await asyncio.gather(running, return_exceptions=stop.is_set())


async def _keep_working() -> None:
    from scopchat.common.database_watch import DatabaseWatch
    from scopchat.gateway.database import connection_params

    loop = asyncio.get_running_loop()
    loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(THREADS))
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    watch = DatabaseWatch(connection_params())
    watching = asyncio.create_task(watch.run())
    await _either(watch.present(), stop.wait())
    while not stop.is_set():
        try:
            await _work(stop)
        except Exception as error:
            logger.error("worker_restarts", error=type(error).__name__)
        if not stop.is_set():
            await asyncio.sleep(RESTART_SECONDS)
            await _either(watch.present(), stop.wait())
    watching.cancel()


async def _either(*waits: Coroutine[Any, Any, object]) -> None:
    """Waits for the first of several things."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


def main() -> None:
    """Runs until SIGINT or SIGTERM; runs in progress get ten seconds to end."""
    django.setup()
    import uvloop

    sys.setswitchinterval(SWITCH_SECONDS)
    uvloop.run(_keep_working())
