"""Asking for drains from the server process, often enough for speed and seldom enough for the database.

The first event of a shard asks at once. Under load a shard asks at most once a while, the last event always covered:
a job that was queued before an event was committed is no promise that it will be seen.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog
from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from scopchat.channels.drains import Work, drain_options

logger = structlog.get_logger(__name__)

JOBS_A_SECOND = 150
"""Ceiling over all shards; Procrastinate moves some 400 jobs a second on two cores."""
AT_ONCE = 8
"""Defers under way: one alone mostly waits, for the database and, among busy pages, for its turn."""
RUSH = 1_000
"""Requests a second from which the time belongs to the hooks: then one defer at a time,"""
REST = 6
"""and after each of them, this many times what it took. A job takes many texts with it then."""
WINDOW_SECONDS = 0.25


class Wakeups:
    """Defers routing drains; one per process."""

    def __init__(self, app: App, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._due: dict[int, None] = {}
        self._awake = asyncio.Event()
        self._asked = 0
        self._window = clock()
        self._rushing = False

    def ask(self, shard: int) -> None:
        """The shard has new work on disk."""
        self._due[shard] = None
        self._asked += 1
        self._awake.set()

    async def run(self) -> None:
        """Defers for ever, oldest request first; runs as a task of the server."""
        free = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as defers:
            while True:
                await self._awake.wait()
                await free.acquire()
                shard = next(iter(self._due))
                del self._due[shard]
                if not self._due:
                    self._awake.clear()
                began = self._clock()
                defer = defers.create_task(self._defer(shard))
                defer.add_done_callback(lambda _defer: free.release())
                if self._is_rush(began):
                    await asyncio.wait([defer])
                took = self._clock() - began
                await asyncio.sleep(max(1 / JOBS_A_SECOND - took, REST * took if self._rushing else 0))

    def _is_rush(self, now: float) -> bool:
        """Whether requests came in a rush lately."""
        passed = now - self._window
        if passed >= WINDOW_SECONDS:
            self._rushing = self._asked / passed >= RUSH
            self._asked, self._window = 0, now
        return self._rushing

    async def _defer(self, shard: int) -> None:
        try:
            await self._app.configure_task(**drain_options(Work.ROUTE, shard)).defer_async(shard=shard)
        except AlreadyEnqueued:
            return
        except ConnectorException as error:
            # The sweep finds the work within ten seconds.
            logger.warning("drain_not_deferred", shard=shard, error=type(error).__name__)
