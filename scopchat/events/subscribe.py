"""Listening to live events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scopchat.common.notices import listen_to
from scopchat.events.catalogue import Event
from scopchat.events.wire import CHANNEL, decode


async def listen(connection_params: dict[str, Any]) -> AsyncIterator[Event | None]:
    """Yields every event, and None each time listening began (anew): events may have been missed before it."""
    async for payload in listen_to(connection_params, CHANNEL):
        yield None if payload is None else decode(payload)
