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
REPORT = "~"
"""Before a shard to which a receipt came: it can wait for others, a customer's text cannot."""

LINGER_SECONDS = 5.0
"""How long a routing run waits for the next event of its shard."""


class Arrivals:
    """What one worker hears."""

    def __init__(self, connection_params: dict[str, Any]) -> None:
        self._params = connection_params
        self._heard = [asyncio.Event() for _ in range(SHARDS)]
        self._message = [asyncio.Event() for _ in range(SHARDS)]
        self._closed = False

    async def run(self) -> None:
        """Listens for ever."""
        async for shards in listen_to(self._params, CHANNEL):
            for word in map(str, range(SHARDS)) if shards is None else shards.split(","):
                shard = int(word.removeprefix(REPORT))
                self._heard[shard].set()
                if not word.startswith(REPORT):
                    self._message[shard].set()

    def forget(self, shard: int) -> None:
        """What was heard of the shard until now is being handled. A worker that stops goes on hearing that it does."""
        if not self._closed:
            self._heard[shard].clear()
            self._message[shard].clear()

    async def something(self, shard: int, seconds: float) -> bool:
        """Waits for word of the shard; False when none came within `seconds`, or when the worker stops."""
        return await _within(seconds, self._heard[shard]) and not self._closed

    async def message(self, shard: int, seconds: float) -> bool:
        """Waits for a customer's text to the shard; False when none came within `seconds`."""
        return await _within(seconds, self._message[shard])

    def close(self) -> None:
        """Ends every wait."""
        self._closed = True
        for heard in (*self._heard, *self._message):
            heard.set()


async def _within(seconds: float, event: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
