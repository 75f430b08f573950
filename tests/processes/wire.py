"""A stretch of network between the programs and their database, which a test cuts without a word."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator


class Wire:
    """Passes bytes both ways until its connections are cut: they stay open, and nothing comes through any more."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._cut: set[int] = set()
        self._connections = 0
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0

    def cut(self) -> int:
        """From now on nothing passes on the connections there are; returns how many. New ones pass."""
        before = set(range(self._connections)) - self._cut
        self._cut |= before
        return len(before)

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = self._connections
        self._connections += 1
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.close()
            return
        self._writers += [writer, far_writer]
        await asyncio.gather(self._pass(number, reader, far_writer), self._pass(number, far_reader, writer))

    async def close(self) -> None:
        """Ends every connection and what passes bytes on it."""
        for writer in self._writers:
            writer.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _pass(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                if number not in self._cut:
                    writer.write(piece)
                    await writer.drain()
        if number not in self._cut:
            writer.close()


@contextlib.contextmanager
def wire_to(port: int) -> Iterator[Wire]:
    """A wire to a port of this machine, with a port of its own."""
    wire, loop, stop = Wire(port), asyncio.new_event_loop(), asyncio.Event()
    started = threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(wire.connect, "127.0.0.1", 0)
        wire.port = server.sockets[0].getsockname()[1]
        started.set()
        await stop.wait()
        server.close()
        await wire.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    started.wait()
    try:
        yield wire
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
