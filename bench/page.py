"""An open page as the server sees it: a live stream, and a request for what changed after each notice."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable

GATHER = 0.060
"""Seconds, as in live.js."""
MARK = re.compile(rb"marque-(\d+)-")
FIELDS = "view=all&sort=&queue=&q="


class Page:
    """One person's page. `told` hears each notice's moment, `shown` the marks of each fragment with its moment."""

    def __init__(self, port: int, session: str, shown: Callable[[set[int], float], None]) -> None:
        self._port, self._session, self._shown = port, session, shown
        self.fetches = True
        self.told: Callable[[list[int], float], None] | None = None
        self.requests = 0
        self._ids: set[int] = set()
        self._everything = False
        self._something = asyncio.Event()
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def _request(self, address: str, more: str = "") -> bytes:
        return (
            f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nCookie: sessionid={self._session}\r\n{more}\r\n"
        ).encode()

    async def live(self, opened: asyncio.Event) -> None:
        """Reads the stream for ever."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(self._request(f"/live?since={int(time.time() * 1000)}"))
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head:
            raise RuntimeError(head.decode())
        opened.set()
        while True:
            frame = await reader.readuntil(b"\n\n")
            if b"event: interactions" in frame:
                self._hear(json.loads(frame[frame.index(b"data: ") + 6 :]))

    def _hear(self, notice: dict[str, list[int]]) -> None:
        ids = notice.get("ids", [])
        if self.told:
            self.told(ids, time.perf_counter())
        if self.fetches:
            self._everything = self._everything or "all" in notice
            self._ids.update(ids)
            self._something.set()

    async def fetch(self) -> None:
        """Fetches what changed, one request at a time, for ever."""
        while True:
            await self._something.wait()
            await asyncio.sleep(GATHER)
            self._something.clear()
            ids = ",".join(map(str, self._ids))
            address = f"/messages/changes?{FIELDS}&ids={ids}{'&all=1' if self._everything else ''}"
            self._ids, self._everything = set(), False
            body = await self._get(address)
            self.requests += 1
            self._shown({int(mark) for mark in MARK.findall(body)}, time.perf_counter())

    async def _get(self, address: str) -> bytes:
        request = self._request(address, "HX-Request: true\r\nHX-Request-Type: partial\r\n")
        while True:
            reader, writer = self._connection or await asyncio.open_connection("127.0.0.1", self._port)
            try:
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                # The server closes connections that were idle for a while, as it does with browsers.
                self._connection = None
                continue
            self._connection = reader, writer
            if b" 200 " not in head[:20]:
                raise RuntimeError(head.decode())
            length = re.search(rb"(?i)content-length: (\d+)", head)
            assert length
            return await reader.readexactly(int(length[1]))
