"""Writing the journal: concurrent callbacks share one INSERT and one commit.

While one commit is under way the next callbacks gather, so nothing waits longer than a commit and a half, and the disk
sees as many commits as it can bear, whatever the load. `append` returns once the row is on disk, and only then.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

import psycopg
import structlog

from scopchat.gateway.arrivals import CHANNEL

logger = structlog.get_logger(__name__)

LARGEST_BATCH = 500


class NotWritten(Exception):
    """The database did not confirm: the callback may not be acknowledged."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of `InboundEvent`."""

    provider_id: int
    event: str
    carrier_key: str
    shard: int
    method: str
    url: str
    headers: str
    body: bytes
    received_at: datetime
    state: str
    error: str = ""


_TYPES = "bigint text text smallint text text jsonb bytea timestamptz text text".split()  # noqa: SIM905
_NAMES = [field.name for field in fields(Entry)]
_VALUES = attrgetter(*_NAMES)
# Binary parameters: psycopg writes arrays of them five times as fast as text.
_INSERT = f"""
WITH entry AS (
    INSERT INTO channels_inboundevent ({", ".join(_NAMES)}, carrier_id, address)
    SELECT *, '', '' FROM unnest({", ".join(f"%b::{kind}[]" for kind in _TYPES)})
    ON CONFLICT (provider_id, event, carrier_key) DO NOTHING
    RETURNING id, shard, state
), pending AS (
    INSERT INTO channels_pendingevent (shard, event_id) SELECT shard, id FROM entry WHERE state = 'accepted'
    RETURNING shard
)
SELECT pg_notify('{CHANNEL}', string_agg(DISTINCT shard::text, ',')) FROM pending HAVING count(*) > 0
"""  # noqa: S608  constant names


class Journal:
    """The writer of one process."""

    def __init__(self, connection_params: dict[str, Any]) -> None:
        self._params = connection_params
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._awake = asyncio.Event()
        self._connection: psycopg.AsyncConnection | None = None

    async def append(self, entry: Entry) -> None:
        """Returns once the entry (or an earlier one of the same key) is on disk. Raises `NotWritten`."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, written))
        self._awake.set()
        await written

    async def run(self) -> None:
        """Writes for ever; runs as a task of the server."""
        while True:
            await self._awake.wait()
            batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
            if not self._waiting:
                self._awake.clear()
            error = await self._write([entry for entry, _written in batch])
            for _entry, written in batch:
                if written.done():
                    continue
                if error is None:
                    written.set_result(None)
                else:
                    written.set_exception(NotWritten(error))

    async def _write(self, entries: list[Entry]) -> str | None:
        """One INSERT and its commit; the error's name when it failed."""
        columns = [list(column) for column in zip(*map(_VALUES, entries), strict=True)]
        try:
            if self._connection is None or self._connection.closed:
                self._connection = await psycopg.AsyncConnection.connect(**self._params, autocommit=True)
            await self._connection.execute(_INSERT, columns, prepare=True)
        except psycopg.Error as error:
            logger.warning("journal_write_failed", error=type(error).__name__, entries=len(entries))
            await self.close()
            return type(error).__name__
        return None

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
