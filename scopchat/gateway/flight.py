"""The requests that one sending run has under way: a carrier that hangs keeps a few places, never everybody's."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Mapping

from scopchat.interactions.services.sending import Result

PLACES = 250
"""Requests under way with carriers that answer."""
SLOW_SECONDS = 1.0
"""A carrier that has owed an answer for this long is slow until it answers within it."""
SLOW_PLACES = 20
"""Requests under way with one slow carrier."""


class Flight:
    """Which texts are with which carrier, and since when."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[Result], tuple[int, float]] = {}
        """With the provider and the moment of each."""
        self._slow: set[int] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def add(self, task: asyncio.Task[Result], provider_id: int) -> None:
        """The task is a request to the provider's carrier, made now."""
        self._tasks[task] = (provider_id, time.monotonic())

    def room(self) -> int:
        """How many more requests may be made."""
        self._look()
        return PLACES - sum(provider not in self._slow for provider, _since in self._tasks.values())

    def room_at_slow(self) -> Mapping[int, int]:
        """How many of them may be to each carrier that is slow."""
        taken = Counter(provider for provider, _since in self._tasks.values())
        return {provider: max(0, SLOW_PLACES - taken[provider]) for provider in self._slow}

    async def landed(self, seconds: float) -> list[Result]:
        """Waits for the carriers that answer, so long at the most; returns all results there are by then."""
        if not self._tasks:
            return []
        prompt = [task for task, (provider, _since) in self._tasks.items() if provider not in self._slow]
        if prompt:
            await asyncio.wait(prompt, timeout=seconds)
        else:
            await asyncio.wait(self._tasks, timeout=IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        return self._take(task for task in list(self._tasks) if task.done())

    async def all_landed(self) -> list[Result]:
        """Waits for all of them."""
        if self._tasks:
            await asyncio.wait(self._tasks)
        return self._take(list(self._tasks))

    def _take(self, done: Iterable[asyncio.Task[Result]]) -> list[Result]:
        results, now = [], time.monotonic()
        for task in done:
            provider, since = self._tasks.pop(task)
            if now - since < SLOW_SECONDS:
                self._slow.discard(provider)
            results.append(task.result())
        return results

    def _look(self) -> None:
        now = time.monotonic()
        self._slow |= {provider for provider, since in self._tasks.values() if now - since >= SLOW_SECONDS}


IDLE_SECONDS = 0.05
"""How long a run that waits for slow carriers alone does so before it looks for other work."""
