"""Word of what carriers tell us, from the servers that write the journal to the workers that route it.

A routing run lingers a while after its last event: as long as it does, the next one needs no job, only this word.
"""

from __future__ import annotations

import asyncio
from typing import Any

from scopchat.channels.shards import SHARDS
from scopchat.common.notices import listen_to

CHANNEL = "scopchat_journal"
"""Notified with the shards of each write, separated by commas (`gateway.journal`)."""


LINGER_SECONDS = 5.0
"""How long a routing run waits for the next event of its shard."""


class Arrivals:
    """What one worker hears."""

    def __init__(self, connection_params: dict[str, Any]) -> None:
        self._params = connection_params
        self._heard = [asyncio.Event() for _ in range(SHARDS)]
        self._closed = False

    async def run(self) -> None:
        """Listens for ever."""
        async for shards in listen_to(self._params, CHANNEL):
            for shard in range(SHARDS) if shards is None else map(int, shards.split(",")):
                self._heard[shard].set()

    def forget(self, shard: int) -> None:
        """What was heard of the shard until now is being handled. A worker that stops goes on hearing that it does."""
        if not self._closed:
            self._heard[shard].clear()

    async def something(self, shard: int, seconds: float) -> bool:
        """Waits for word of the shard; False when none came within `seconds`, or when the worker stops."""
        try:
            async with asyncio.timeout(seconds):
                await self._heard[shard].wait()
        except TimeoutError:
            return False
        return not self._closed

    def close(self) -> None:
        """Ends every wait."""
        self._closed = True
        for heard in self._heard:
            heard.set()
