"""Listening to live events: one connection per process, kept open for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import structlog

from scopchat.events.catalogue import Event
from scopchat.events.wire import CHANNEL, decode

logger = structlog.get_logger(__name__)

RECONNECT_SECONDS = 1.0


async def listen(connection_params: dict[str, Any]) -> AsyncIterator[Event | None]:
    """Yields every event, and None each time listening began (anew): events may have been missed before it."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**connection_params, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                yield None
                async for notice in connection.notifies():
                    yield decode(notice.payload)
        except psycopg.OperationalError as error:
            logger.warning("events_connection_lost", error=type(error).__name__)
        await asyncio.sleep(RECONNECT_SECONDS)
