"""Asking for routing drains from the server process: at once where nobody can be at work, else only if nobody is.

A shard that had an event a moment ago has a run that lingers and hears of the next one by itself. Its journal is looked
at a little later, and a job asked for when the same event still waits: that run may have ended, or its worker died.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

import structlog
from django.db import Error
from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from scopchat.channels.drains import Work, drain_options
from scopchat.gateway.journal_listener import LINGER_SECONDS

logger = structlog.get_logger(__name__)

JOBS_A_SECOND = 150
"""Ceiling over all shards; Procrastinate moves some 400 jobs a second on two cores."""
AT_ONCE = 8
"""Defers under way: one alone mostly waits, for the database and, among busy pages, for its turn."""
WARM_SECONDS = LINGER_SECONDS - 1
"""An event this soon after another of its shard finds a run that lingers."""
LOOK_SECONDS = 0.15
"""Between looks at shards that should have a run; the same first event twice is a shard that has none."""
PATIENCE_SECONDS = 1.0
"""Until a second job is asked for the same event; each further one takes twice as long, as the sweep does."""
MAX_PATIENCE_SECONDS = 10.0

FirstPending = Callable[[list[int]], Awaitable[dict[int, int]]]
"""The first waiting event of each of some shards; those without one are absent."""


class Wakeups:
    """Defers routing drains; one per process."""

    def __init__(self, app: App, first_pending: FirstPending, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._first_pending = first_pending
        self._clock = clock
        self._heard: dict[int, float] = {}
        self._patience: dict[int, tuple[float, float]] = {}
        """Until when no other job of a shard is asked for, and for how long after that one."""
        self._due: dict[int, None] = {}
        self._awake = asyncio.Event()
        self._watched: dict[int, int | None] = {}
        self._to_watch = asyncio.Event()

    def ask(self, shard: int, *, report: bool = False) -> None:
        """The shard has new work on disk; a receipt (`report`) can wait for the sweep, should its run have died."""
        now = self._clock()
        warm = now - self._heard.get(shard, -WARM_SECONDS) < WARM_SECONDS
        self._heard[shard] = now
        if warm and report:
            return
        if warm:
            self._watched.setdefault(shard, None)
            self._to_watch.set()
        else:
            self._require([shard])

    async def run(self) -> None:
        """Defers for ever; runs as a task of the server."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch())
            tasks.create_task(self._defer_due())

    def _require(self, shards: Iterable[int]) -> None:
        for shard in shards:
            self._due[shard] = None
            self._awake.set()

    def _is_stuck(self, shard: int, first: int) -> bool:
        """Whether another job has to be asked for: the same event waits still, and has for long enough."""
        if self._watched.get(shard) != first:
            self._patience.pop(shard, None)
            return False
        until, patience = self._patience.get(shard, (0.0, PATIENCE_SECONDS))
        if self._clock() < until:
            return False
        self._patience[shard] = self._clock() + patience, min(2 * patience, MAX_PATIENCE_SECONDS)
        return True

    async def _watch(self) -> None:
        """Finds shards whose first event stays the same."""
        while True:
            await self._to_watch.wait()
            await asyncio.sleep(LOOK_SECONDS)
            asked = list(self._watched)
            try:
                first = await self._first_pending(asked)
            except Error as error:
                # The sweep finds the work within ten seconds.
                logger.warning("shards_not_watched", error=type(error).__name__)
                first = {}
            self._require([shard for shard, event in first.items() if self._is_stuck(shard, event)])
            for shard in set(asked) - first.keys():
                del self._watched[shard]
            self._watched.update(first)
            if not self._watched:
                self._to_watch.clear()

    async def _defer_due(self) -> None:
        """Oldest request first."""
        free = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as defers:
            while True:
                await self._awake.wait()
                await free.acquire()
                shard = next(iter(self._due))
                del self._due[shard]
                if not self._due:
                    self._awake.clear()
                defers.create_task(self._defer(shard)).add_done_callback(lambda _defer: free.release())
                await asyncio.sleep(1 / JOBS_A_SECOND)

    async def _defer(self, shard: int) -> None:
        try:
            await self._app.configure_task(**drain_options(Work.ROUTE, shard)).defer_async(shard=shard)
        except AlreadyEnqueued:
            return
        except ConnectorException as error:
            # The sweep finds the work within ten seconds.
            logger.warning("drain_not_deferred", shard=shard, error=type(error).__name__)
