"""Listening to PostgreSQL's NOTIFY: one connection, kept open for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import structlog
from psycopg import sql

logger = structlog.get_logger(__name__)

RECONNECT_SECONDS = 1.0


async def listen_to(connection_params: dict[str, Any], channel: str) -> AsyncIterator[str | None]:
    """Yields every payload, and None each time listening began (anew): some may have been missed before it."""
    lost = False
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**connection_params, autocommit=True) as connection:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                lost = False
                yield None
                async for notice in connection.notifies():
                    yield notice.payload
        except psycopg.OperationalError as error:
            if not lost:
                logger.warning("notices_lost", channel=channel, error=type(error).__name__)
            lost = True
        await asyncio.sleep(RECONNECT_SECONDS)
