"""Reading rows for live pages on the event loop: a thread would wait for its turn at the interpreter at each step."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import psycopg

from scopchat.interactions.live_rows import ROWS_NOW
from scopchat.interactions.rows import Facts


class Reader:
    """One database connection of the live feed's own, made when it is first needed and again when it was lost."""

    def __init__(self, connection_params: dict[str, Any]) -> None:
        self._params = connection_params
        self._connection: psycopg.AsyncConnection | None = None
        self._one_at_a_time = asyncio.Lock()

    async def facts(self, wanted: Sequence[tuple[int, int]]) -> list[Facts]:
        """The rows of these companies' interactions; those of another company are left out. Raises `psycopg.Error`."""
        if not wanted:
            return []
        async with self._one_at_a_time:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = await psycopg.AsyncConnection.connect(**self._params, autocommit=True)
                found = await self._connection.execute(ROWS_NOW, list(map(list, zip(*wanted, strict=True))))
                return [Facts(*row) for row in await found.fetchall()]
            except psycopg.Error:
                await self.close()
                raise

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
