"""Bare ASGI: its types, reading a body and answering."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None when it has more than `limit` bytes or the client left before its end."""
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        piece: bytes = message.get("body", b"")
        body += piece
        if len(body) > limit:
            return None
        if not message.get("more_body"):
            return body


Messages = tuple[MutableMapping[str, Any], MutableMapping[str, Any]]


def whole(status: int, body: bytes = b"", content_type: str = "text/plain; charset=utf-8") -> Messages:
    """The two messages of one whole response."""
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    if status == 204:
        headers = []
    if status == 503:
        headers.append((b"retry-after", b"5"))
    return (
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": body},
    )


async def answer(send: Send, status: int, body: bytes = b"", content_type: str = "text/plain; charset=utf-8") -> None:
    """One whole response."""
    for message in whole(status, body, content_type):
        await send(message)
