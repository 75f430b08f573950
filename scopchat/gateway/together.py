"""Shards in which little happens are routed together: a hundred texts for a hundred numbers cost a few transactions."""

from __future__ import annotations

import asyncio
import time

from scopchat.gateway import router
from scopchat.gateway.database import in_thread_unscoped

BREATH_SECONDS = 0.03
"""From one batch's beginning to the next, at least; the first after a pause does not wait."""


class Together:
    """The shards of one worker that have something new."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[bool]] = {}
        self._running: asyncio.Task[None] | None = None

    async def route(self, shard: int) -> bool:
        """Handles what came to the shard, in a batch with others; whether more is left in it than had room there."""
        handled = self._waiting.setdefault(shard, asyncio.get_running_loop().create_future())
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await handled

    async def _run(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, {}
            began = time.monotonic()
            try:
                fuller = await in_thread_unscoped(router.route_together, sorted(waiting))
            except Exception as error:
                _end(waiting, error)
            else:
                for shard, handled in waiting.items():
                    if not handled.done():
                        handled.set_result(shard in fuller)
            await asyncio.sleep(max(0.0, began + BREATH_SECONDS - time.monotonic()))


def _end(waiting: dict[int, asyncio.Future[bool]], error: Exception) -> None:
    for handled in waiting.values():
        if not handled.done():
            handled.set_exception(error)
