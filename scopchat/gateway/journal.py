"""Writing the journal: concurrent callbacks share one INSERT and one commit.

While one commit is under way the next callbacks gather, so nothing waits longer than a commit and a half, and the disk
sees as many commits as it can bear, whatever the load. `append` returns once the row is on disk, and only then.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg
import structlog

from scopchat.gateway.journal_listener import CHANNEL, REPORT

logger = structlog.get_logger(__name__)

MAX_BATCH = 500
"""Callbacks; most bring one text or receipt."""
GATHER_SECONDS = 0.004
"""From one commit's beginning to the next, at least: one alone never waits; in a rush, commits cost most of all."""


class NotWritten(Exception):
    """The database did not confirm: the callback may not be acknowledged."""


class Entry(NamedTuple):
    """One row of `InboundEvent`."""

    provider_id: int
    event: str
    carrier_key: str
    shard: int
    method: str
    url: str
    headers: dict[str, str]
    received_at: str
    """ISO 8601."""
    state: str
    error: str
    body: bytes


_TYPES = "bigint text text smallint text text jsonb timestamptz text text".split()  # noqa: SIM905
_NAMES = Entry._fields[:-1]
_COLUMNS = ", ".join(_NAMES)
# One text for a whole batch is a quarter of the price of an array per column; a body may hold what no text can.
_INSERT = f"""
WITH entry AS (
    INSERT INTO channels_inboundevent ({_COLUMNS}, body, carrier_id, address)
    SELECT {_COLUMNS}, body, '', ''
    FROM ROWS FROM (
        json_to_recordset(%s) AS ({", ".join(f"{name} {kind}" for name, kind in zip(_NAMES, _TYPES, strict=True))}),
        unnest(%b::bytea[])
    ) AS arrived ({_COLUMNS}, body)
    ON CONFLICT (provider_id, event, carrier_key) DO NOTHING
    RETURNING id, shard, event, state
), pending AS (
    INSERT INTO channels_pendingevent (shard, event_id) SELECT shard, id FROM entry WHERE state = 'accepted'
)
SELECT pg_notify('{CHANNEL}', string_agg(DISTINCT CASE event WHEN 'status' THEN '{REPORT}' ELSE '' END || shard, ','))
FROM entry WHERE state = 'accepted' HAVING count(*) > 0
"""  # noqa: S608  constant names


class Journal:
    """The writer of one process."""

    def __init__(self, connection_params: dict[str, Any]) -> None:
        self._params = connection_params
        self._waiting: list[tuple[Sequence[Entry], asyncio.Future[None]]] = []
        self._awake = asyncio.Event()
        self._connection: psycopg.AsyncConnection | None = None

    async def append(self, entries: Sequence[Entry]) -> None:
        """Returns once the entries (or earlier ones of their keys) are on disk, by one commit. Raises `NotWritten`."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entries, written))
        self._awake.set()
        await written

    async def run(self) -> None:
        """Writes for ever; runs as a task of the server."""
        began = 0.0
        while True:
            await self._awake.wait()
            await asyncio.sleep(began + GATHER_SECONDS - time.monotonic())
            began = time.monotonic()
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            if not self._waiting:
                self._awake.clear()
            error = await self._write([entry for entries, _written in batch for entry in entries])
            for _entries, written in batch:
                if written.done():
                    continue
                if error is None:
                    written.set_result(None)
                else:
                    written.set_exception(NotWritten(error))

    async def _write(self, entries: list[Entry]) -> str | None:
        """One INSERT and its commit; the error's name when it failed."""
        rows = json.dumps([dict(zip(_NAMES, entry, strict=False)) for entry in entries])
        try:
            if self._connection is None or self._connection.closed:
                self._connection = await psycopg.AsyncConnection.connect(**self._params, autocommit=True)
            await self._connection.execute(_INSERT, [rows, [entry.body for entry in entries]], prepare=True)
        except psycopg.Error as error:
            logger.warning("journal_write_failed", error=type(error).__name__, entries=len(entries))
            await self.close()
            return type(error).__name__
        return None

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
