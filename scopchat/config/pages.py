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

MOST_BYTES = 200_000_000
"""Of a request; a file of a million contacts is half of it. Larger ones get 413."""
MEMORY_BYTES = 1_000_000
"""Of a request; what is larger waits on disk."""

type Headers = list[tuple[bytes, bytes]]


class Pages:
    """An ASGI application around Django's WSGI handler."""

    def __init__(self, application: WSGIHandler, *, threads: int) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        with SpooledTemporaryFile(max_size=MEMORY_BYTES) as body:
            if not await _read(receive, body):
                await _answer(send, 413, [(b"content-length", b"0"), (b"connection", b"close")], b"")
                return
            body.seek(0)
            loop = asyncio.get_running_loop()

            def send_part(part: dict[str, Any]) -> None:
                asyncio.run_coroutine_threadsafe(send(part), loop).result()

            context = contextvars.copy_context()
            status, headers, content = await loop.run_in_executor(
                self._threads, context.run, self._run, environ_of(scope, body), send_part
            )
        if headers is not None:
            await _answer(send, status, headers, content)

    def _run(
        self, environ: dict[str, Any], send_part: Callable[[dict[str, Any]], None]
    ) -> tuple[int, Headers | None, bytes]:
        """The answer; without headers where it was sent in parts."""
        started: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_error: object) -> Callable[[bytes], object]:
            found = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            started.append((int(status[:3]), found))
            return lambda _content: None

        response = self._application(environ, start_response)
        try:
            ((status, headers),) = started
            if not response.streaming:
                return status, headers, b"".join(response)
            send_part({"type": "http.response.start", "status": status, "headers": headers})
            parts: Iterable[bytes] = response
            for part in parts:
                send_part({"type": "http.response.body", "body": part, "more_body": True})
            send_part({"type": "http.response.body", "body": b""})
            return status, None, b""
        finally:
            response.close()


async def _read(receive: Any, body: IO[bytes]) -> bool:
    """Writes the request's body; False when it is too large."""
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            return False
        body.write(part)
        if not message.get("more_body", False):
            return True


async def _answer(send: Any, status: int, headers: Headers, content: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


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
