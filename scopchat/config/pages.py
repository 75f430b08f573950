"""Django behind the server: each request whole in one thread, handed over once and answered once.

A bridge that passes every piece between the thread and the event loop makes each wait for the other's turn at the
interpreter: at a hundred pages a second they did little else (docs/decisions/0004).
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.core.handlers.wsgi import WSGIHandler
from django.http import FileResponse
from django.http.response import HttpResponseBase

from scopchat.common.refusals import TOO_LARGE
from scopchat.common.threads import in_thread

STRANGERS_BYTES = 64 * 1024
"""Of a request of anybody: sign-in and the simulated carrier need far less."""
THROWN_AWAY_BYTES = 2_000_000_000
"""Of a request that is too large, before the connection is closed on whoever sends it."""
MEMORY_BYTES = 1_000_000
"""Of a request, or of an answer in parts; what is larger waits on disk."""
PIECE_BYTES = 64 * 1024
"""Of an answer in parts, handed over at a time."""
EXPORT_THREADS = 2
"""Answers in parts that are written at a time: a long export waits for others, a page never waits for one."""

type Headers = list[tuple[bytes, bytes]]


class Pages:
    """An ASGI application around Django's WSGI handler.

    `most_bytes` tells of a request (its scope) how large it may be; it reads the database.
    """

    def __init__(self, application: WSGIHandler, *, threads: int, most_bytes: Callable[[Any], int]) -> None:
        self._application = application
        self._most_bytes = most_bytes
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._exports = ThreadPoolExecutor(EXPORT_THREADS, thread_name_prefix="export")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        with SpooledTemporaryFile(max_size=MEMORY_BYTES) as body:
            most = 0
            try:
                await self._read(scope, receive, body)
            except Left:
                return
            except TooLarge as error:
                most = error.most
                if most == STRANGERS_BYTES or (error.more and not await _throw_away(receive)):
                    await _answer(send, 413, [(b"content-length", b"0"), (b"connection", b"close")], b"")
                    return
                body.truncate(0)
            body.seek(0)
            loop = asyncio.get_running_loop()
            context = contextvars.copy_context()
            environ = environ_of(scope, body) | ({TOO_LARGE: most, "CONTENT_LENGTH": "0"} if most else {})
            status, headers, content = await loop.run_in_executor(self._threads, context.run, self._run, environ)
            if isinstance(content, bytes):
                await _answer(send, status, headers, content)
                return
            with SpooledTemporaryFile(max_size=MEMORY_BYTES) as parts:
                await loop.run_in_executor(self._exports, context.run, _write, content, parts)
                await _answer_from(send, status, headers, parts)

    async def _read(self, scope: Any, receive: Any, body: IO[bytes]) -> None:
        """Writes the whole body. Raises `Left`, and `TooLarge` for more than whoever sends it may send there.

        What says itself how large it is, is refused before it is read.
        """
        size, more = 0, True
        most = await self._limit(scope, _declared(scope), STRANGERS_BYTES, more=True)
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise Left
            part, more = message.get("body", b""), message.get("more_body", False)
            size += len(part)
            most = await self._limit(scope, size, most, more=more)
            body.write(part)

    async def _limit(self, scope: Any, size: int, most: int, *, more: bool) -> int:
        """What the request may have, asked for once it has more than anybody's. Raises `TooLarge`."""
        if size > most == STRANGERS_BYTES:
            most = await in_thread(self._most_bytes, scope)
        if size > most:
            raise TooLarge(most, more=more)
        return most

    def _run(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes | HttpResponseBase]:
        """The answer; of one in parts, the response that has still to write them."""
        started: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_error: object) -> Callable[[bytes], object]:
            found = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            started.append((int(status[:3]), found))
            return lambda _content: None

        response = self._application(environ, start_response)
        ((status, headers),) = started
        if response.streaming and not isinstance(response, FileResponse):
            return status, headers, response
        try:
            return status, headers, b"".join(response)
        finally:
            response.close()


class Left(Exception):
    """The client left before the end of its request, of which no part may be taken for the whole."""


class TooLarge(Exception):
    """The request is larger than `most`, which is what its sender may send there; `more` of it is still to come."""

    def __init__(self, most: int, *, more: bool) -> None:
        super().__init__(most)
        self.most, self.more = most, more


def _declared(scope: Any) -> int:
    """How large the request says it is; 0 where it does not."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() and len(said) < 19 else 0


async def _throw_away(receive: Any) -> bool:
    """Reads the rest of a request, as browsers show no answer before they have sent all; returns whether it ended."""
    size, more = 0, True
    while more and size <= THROWN_AWAY_BYTES:
        message = await receive()
        if message["type"] != "http.request":
            return False
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    return not more


def _write(response: HttpResponseBase, content: IO[bytes]) -> None:
    """Writes what the response streams at its own pace: whoever reads slowly holds a file and no thread."""
    parts: Iterable[bytes] = response
    try:
        for part in parts:
            content.write(part)
    finally:
        response.close()


async def _answer(send: Any, status: int, headers: Headers, content: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def _answer_from(send: Any, status: int, headers: Headers, content: IO[bytes]) -> None:
    """Sends the content as fast as it is read, so that no more than a piece of it waits in memory."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    content.seek(0)
    while piece := content.read(PIECE_BYTES):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def environ_of(scope: Any, body: IO[bytes]) -> dict[str, Any]:
    """The request as PEP 3333 has it."""
    server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        # An underscore would pass for a dash: a client could write headers that only a proxy may.
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
        text = value.decode("latin-1")
        glue = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{glue}{text}" if key in environ else text
    return environ
