"""Whether the database answers, asked all the time, so that nobody has to find out by waiting.

A server that stops says so on its connections. One that vanishes (a fail-over, a firewall that forgot) says nothing.
libpq's own time-outs notice where the network drops packets; this notices whenever nothing comes back
(docs/decisions/0025).
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import structlog

logger = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
AWAY_SECONDS = 2.0
"""Silence after which pages and hooks are answered that the database is away."""
SILENT_SECONDS = 8.0
"""Silence after which this process's connections are cut, so that whoever waits on one gets an error and tries anew."""
RETURN_SECONDS = 0.25
"""Between attempts to reach a database that is away."""


class DatabaseWatch:
    """One per process."""

    def __init__(self, connection_params: dict[str, Any]) -> None:
        self._params = {**connection_params, "connect_timeout": 3}
        self._connection: psycopg.AsyncConnection | None = None
        self._present = asyncio.Event()
        self.away = False
        """Whether the database does not answer at present; nobody says so before it was asked."""

    async def present(self) -> None:
        """Waits until the database has answered."""
        await self._present.wait()

    async def run(self) -> None:
        """Watches for ever; runs as a task of the process."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(RETURN_SECONDS if self.away else LOOK_SECONDS)
        finally:
            await self._close()

    async def _look(self) -> None:
        began = time.monotonic()
        question = asyncio.create_task(self._ask())
        try:
            if not (await asyncio.wait({question}, timeout=AWAY_SECONDS))[0]:
                self._note(away=True, why="silent")
                await asyncio.wait({question}, timeout=SILENT_SECONDS - AWAY_SECONDS)
            if not question.done():
                if self._connection is not None:
                    cut(self._connection.fileno())
                question.cancel()
                await asyncio.wait({question})
        finally:
            question.cancel()
        error = None if question.cancelled() else question.exception()
        if error is None and not question.cancelled():
            self._note(away=False, why=f"answered after {time.monotonic() - began:.1f} s")
            return
        await self._close()
        self._note(away=True, why=type(error).__name__ if error else "cut")

    async def _ask(self) -> None:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(**self._params, autocommit=True)
        await self._connection.execute("SELECT 1")

    def _note(self, *, away: bool, why: str) -> None:
        if away:
            self._present.clear()
        else:
            self._present.set()
        if away != self.away:
            self.away = away
            logger.warning("database_away" if away else "database_back", why=why)

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error, OSError):
                await connection.close()


def cut(descriptor: int) -> None:
    """Ends every connection of this process to the peer of the given one; whoever reads from them gets an error."""
    with _socket(descriptor) as one:
        peer = one and one.getpeername()
    for name in os.listdir("/dev/fd"):
        with suppress(OSError), _socket(int(name)) as each:
            if each is not None and peer and each.getpeername() == peer:
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def _socket(descriptor: int) -> Iterator[socket.socket | None]:
    """Another handle of the connection; None for what is none."""
    try:
        copy = os.dup(descriptor)
    except OSError:
        yield None
        return
    try:
        found = socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        yield None
        return
    with found:
        yield found
