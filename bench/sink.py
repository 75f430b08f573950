"""A carrier that takes every text after 50 ms and sends a signed receipt for each: `python -m bench.sink PORT WEB`.

A hand-written protocol, so that the two cores are left to what is measured. Says at the end, on `GET /counts`, how many
texts it took and how many of them twice.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import sys
from urllib.parse import unquote

import uvloop

from bench import desk, load

SECONDS = 0.05


class Sink:
    """What the carrier has taken, and the receipts it still owes."""

    def __init__(self, web: str) -> None:
        self.web_port = int(web)
        self.taken: dict[str, int] = {}
        self.receipts: asyncio.Queue[bytes] = asyncio.Queue()
        self.acknowledged = 0

    def take(self, body: bytes) -> bytes:
        """One text; the answer's body."""
        form = dict([pair.split("=", 1) for pair in body.decode().split("&")])
        callback = unquote(form["StatusCallback"])
        key = callback.partition("?")[2] or form["Body"]
        self.taken[key] = self.taken.get(key, 0) + 1
        sid = "SM" + hashlib.md5(key.encode()).hexdigest()  # noqa: S324  an id, not a secret
        if self.web_port and callback:
            self.receipts.put_nowait(self._receipt(sid, callback, form["From"], form["To"]))
        return b'{"sid": "%b", "num_segments": "1", "status": "queued"}' % sid.encode()

    def _receipt(self, sid: str, url: str, sender: str, recipient: str) -> bytes:
        """The receipt of a text, from and to numbers as its request wrote them."""
        plain = f"AccountSid{desk.SID}From{unquote(sender)}MessageSid{sid}MessageStatusdeliveredTo{unquote(recipient)}"
        signature = base64.b64encode(hmac.digest(desk.TOKEN.encode(), (url + plain).encode(), "sha1")).decode()
        form = f"AccountSid={desk.SID}&From={sender}&MessageSid={sid}&MessageStatus=delivered&To={recipient}"
        path = url.split("/", 3)[3]
        return load.post(f"/{path}", {"x-twilio-signature": signature}, form.encode())

    async def send_receipts(self) -> None:
        """One connection's share of the receipts, each sent until it is acknowledged."""
        while True:
            receipt = await self.receipts.get()
            reader, writer = await asyncio.open_connection("127.0.0.1", self.web_port)
            while True:
                writer.write(receipt)
                head = await reader.readuntil(b"\r\n\r\n")
                self.acknowledged += head[9:10] == b"2"
                receipt = await self.receipts.get()


class Connection(asyncio.Protocol):
    """One keep-alive connection of the sender."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        if head.startswith(b"get /counts"):
            sink = self._sink
            twice = sum(count - 1 for count in sink.taken.values())
            counts = {"taken": len(sink.taken), "twice": twice, "acknowledged": sink.acknowledged}
            self._answer(json.dumps(counts).encode(), b"200 OK")
            return
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        if len(self._buffer) < end + 4 + length:
            return
        body = self._buffer[end + 4 : end + 4 + length]
        answer = self._sink.take(body)
        asyncio.get_running_loop().call_later(SECONDS, self._answer, answer, b"201 Created")
        self._buffer = b""

    def _answer(self, body: bytes, status: bytes) -> None:
        self._buffer = b""
        head = b"HTTP/1.1 " + status + b"\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        if not self._transport.is_closing():
            self._transport.write(head + body)  # type: ignore[attr-defined]


async def main(port: str, web: str) -> None:
    """Serves until killed."""
    sink = Sink(web)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(sink), "127.0.0.1", int(port), backlog=4096)
    senders = [asyncio.create_task(sink.send_receipts()) for _ in range(32)] if sink.web_port else []
    async with server:
        await server.serve_forever()
    await asyncio.gather(*senders)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2]))
