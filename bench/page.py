"""An open page as the server sees it: a live stream with the rows that changed, and requests for its open thread."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import Any

GATHER = 0.060
"""Seconds, as in live.js."""
MARK = re.compile(rb"marque-(\d+)-")
ROW = re.compile(rb'id="row-(\d+)"')
FIELDS = "view=all&sort=&queue=&label=&q="
CSRF = "c" * 32


class Page:
    """One person's page, with the thread of one interaction open or none.

    `told` hears each notice's moment, `shown` the marks of each fragment with its moment and whether it is a thread.
    """

    def __init__(
        self,
        port: int,
        company_id: int,
        session: str,
        thread: int | None,
        shown: Callable[[set[int], float, bool], None],
    ) -> None:
        self.at = f"/c/{company_id}"
        self._port, self._session, self._thread, self._shown = port, session, thread, shown
        self.told: Callable[[list[int], float], None] | None = None
        self.answers = 0
        self.latest: int | None = None
        """The interaction of the row that came last."""
        self._everything = False
        self._something = asyncio.Event()
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def _request(self, address: str, more: str = "", method: str = "GET") -> bytes:
        cookies = f"Cookie: sessionid={self._session}; csrftoken={CSRF}"
        return f"{method} {address} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{cookies}\r\n{more}\r\n".encode()

    async def live(self, opened: asyncio.Event) -> None:
        """Reads the stream until it is cancelled, when the page closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)
        try:
            await self._listen(reader, writer, opened)
        finally:
            writer.close()
            if self._connection:
                self._connection[1].close()

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, opened: asyncio.Event) -> None:
        writer.write(self._request(f"{self.at}/live?inbox=1&since={int(time.time() * 1000)}"))
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head:
            raise RuntimeError(head.decode())
        while True:
            frame = await reader.readuntil(b"\n\n")
            if b"event: ready" in frame:
                opened.set()
            elif b"event: interactions" in frame:
                self._hear(json.loads(frame[frame.index(b"data: ") + 6 :]))
            elif b"live-rows" in frame:
                self.latest = int(ROW.findall(frame)[-1])
                self._draw(frame, in_thread=False)

    def _hear(self, notice: dict[str, Any]) -> None:
        if self.told:
            self.told(notice["gone"], time.perf_counter())
        self._everything = self._everything or "list" in notice
        if self._everything or self._thread in notice["threads"]:
            self._something.set()

    async def fetch(self) -> None:
        """Fetches the open thread when it changed, one request at a time, for ever."""
        while True:
            await self._something.wait()
            await asyncio.sleep(GATHER)
            self._something.clear()
            everything, self._everything = self._everything, False
            if self._thread:
                self._draw(
                    await self.ask("POST", f"{self.at}/messages/{self._thread}/look/", b"from=1"), in_thread=True
                )
            if everything:
                self._draw(await self.ask("GET", f"{self.at}/messages/anew?{FIELDS}"), in_thread=False)

    def _draw(self, html: bytes, *, in_thread: bool) -> None:
        self._shown({int(mark) for mark in MARK.findall(html)}, time.perf_counter(), in_thread)

    async def ask(self, method: str, address: str, form: bytes = b"") -> bytes:
        more = (
            f"HX-Request: true\r\nHX-Request-Type: partial\r\nX-CSRFToken: {CSRF}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n"
        )
        request = self._request(address, more, method) + form
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
            # A colleague was first: that is an answer too.
            if b" 200 " not in head[:20] and b" 409 " not in head[:20]:
                raise RuntimeError(head.decode())
            length = re.search(rb"(?i)content-length: (\d+)", head)
            assert length
            return await reader.readexactly(int(length[1]))
