"""Reading a body that may be too large or never end, and answering."""

from __future__ import annotations

from typing import Any

import pytest

from scopchat.common.asgi import Receive, answer, read_body


def arriving(*messages: dict[str, Any]) -> Receive:
    rest = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(rest)

    return receive


def piece(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_it_reads_a_body_in_pieces_up_to_the_limit() -> None:
    assert await read_body(arriving(piece(b"ab", more=True), piece(b"cd", more=False)), limit=4) == b"abcd"


async def test_it_stops_at_the_first_byte_too_many() -> None:
    # A third message would raise: nothing more is read.
    assert await read_body(arriving(piece(b"ab", more=True), piece(b"cde", more=True)), limit=4) is None


async def test_a_client_that_leaves_has_no_body() -> None:
    assert await read_body(arriving(piece(b"ab", more=True), {"type": "http.disconnect"}), limit=4) is None


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {b"content-type": b"text/plain", b"content-length": b"2"}),
        (204, {}),
        (503, {b"content-type": b"text/plain", b"content-length": b"2", b"retry-after": b"5"}),
    ],
)
async def test_it_answers_whole(status: int, headers: dict[bytes, bytes]) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await answer(send, status, b"" if status == 204 else b"ok", "text/plain")
    assert (sent[0]["status"], dict(sent[0]["headers"])) == (status, headers)
    assert sent[1]["body"] == (b"" if status == 204 else b"ok")
