"""Asking for drains from the server process, often enough for speed and seldom enough for the database.

The first event of a shard asks at once. Under load a shard asks at most once a while, the last event always covered:
a job that was queued before an event was committed is no promise that it will be seen.
"""

from __future__ import annotations

import asyncio
import time

import structlog
from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from scopchat.channels.drains import Work, drain_options

logger = structlog.get_logger(__name__)

JOBS_A_SECOND = 150
"""Ceiling over all shards; Procrastinate moves some 400 jobs a second on two cores."""
REST = 6
"""And after each defer, this many times what it took: under load the time belongs to the hooks."""


class Wakeups:
    """Defers routing drains; one per process."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._due: dict[int, None] = {}
        self._awake = asyncio.Event()

    def ask(self, shard: int) -> None:
        """The shard has new work on disk."""
        self._due[shard] = None
        self._awake.set()

    async def run(self) -> None:
        """Defers for ever, oldest request first; runs as a task of the server."""
        while True:
            await self._awake.wait()
            shard = next(iter(self._due))
            del self._due[shard]
            if not self._due:
                self._awake.clear()
            began = time.monotonic()
            await self._defer(shard)
            if self._due:
                took = time.monotonic() - began
                await asyncio.sleep(max(1 / JOBS_A_SECOND - took, REST * took))

    async def _defer(self, shard: int) -> None:
        try:
            await self._app.configure_task(**drain_options(Work.ROUTE, shard)).defer_async(shard=shard)
        except AlreadyEnqueued:
            return
        except ConnectorException as error:
            # The sweep finds the work within ten seconds.
            logger.warning("drain_not_deferred", shard=shard, error=type(error).__name__)
