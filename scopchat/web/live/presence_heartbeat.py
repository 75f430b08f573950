"""PresenceHeartbeat of life: open streams tell the database whose pages are open, all of a process's people at once.

Who arrives is told what others see of them: what changed before their stream heard of it would never reach them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from django.db import Error

from scopchat.accounts.presence import SIGN_SECONDS, keep, presences_among
from scopchat.common.clock import utc_now
from scopchat.common.threads import in_thread

logger = structlog.get_logger(__name__)

GATHER_SECONDS = 0.2
"""Who arrives is noted after this, together with whoever else does."""


class PresenceHeartbeat:
    """Writes who is there: everyone every `SIGN_SECONDS`, and who arrives at once."""

    def __init__(self, everyone: Callable[[], set[int]], tell: Callable[[dict[int, str]], None]) -> None:
        self._everyone = everyone
        self._tell = tell
        self._arrived: set[int] = set()
        self._someone = asyncio.Event()

    def arrived(self, person_id: int) -> None:
        """A page of the person has just opened its stream."""
        self._arrived.add(person_id)
        self._someone.set()

    async def run(self) -> None:
        """Writes for ever; runs as a task of the live feed."""
        loop = asyncio.get_running_loop()
        due = loop.time() + SIGN_SECONDS
        while True:
            try:
                async with asyncio.timeout_at(due):
                    await self._someone.wait()
                    await asyncio.sleep(GATHER_SECONDS)
            except TimeoutError:
                due = loop.time() + SIGN_SECONDS
                people = self._everyone()
            else:
                people = self._arrived & self._everyone()
            self._someone.clear()
            arrived, self._arrived = self._arrived, set()
            await self._write(people, arrived)

    async def _write(self, people: set[int], arrived: set[int]) -> None:
        try:
            await in_thread(keep, people, now=utc_now())
            if arrived:
                self._tell(await in_thread(presences_among, arrived))
        except Error as error:
            # The next round says it again.
            logger.warning("signs_of_life_not_written", error=type(error).__name__)
