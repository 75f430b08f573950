"""Django behind the server: what a request becomes, and how it is answered."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from scopchat.config import pages
from scopchat.config.pages import Pages, environ_of

SCOPE = {
    "method": "POST",
    "path": "/é/",
    "query_string": b"a=1",
    "http_version": "1.1",
    "server": ("127.0.0.1", 8000),
    "client": ("192.0.2.7", 5000),
    "headers": [(b"content-type", b"text/plain"), (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x_real", b"forged")],
}


class Handler:
    """An application that answers what it is told to."""

    def __init__(self, answer: HttpResponse | StreamingHttpResponse) -> None:
        self.answer = answer
        self.body = b""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.body = environ["wsgi.input"].read()
        start_response(f"{self.answer.status_code} X", list(self.answer.items()))
        return self.answer


async def asked(handler: Handler, *parts: bytes) -> list[dict[str, Any]]:
    waiting = [{"body": part, "more_body": True} for part in parts] + [{"body": b""}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await Pages(handler, threads=1)(SCOPE, receive, send)  # type: ignore[arg-type]
    return sent


def test_it_makes_an_environ_as_pep_3333_has_it() -> None:
    environ = environ_of(SCOPE, io.BytesIO())

    assert environ["PATH_INFO"].encode("latin-1").decode() == "/é/"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["REMOTE_ADDR"] == "192.0.2.7"


def test_it_leaves_out_headers_that_would_pass_for_others() -> None:
    assert "HTTP_X_REAL" not in environ_of(SCOPE, io.BytesIO())


async def test_it_answers_whole() -> None:
    handler = Handler(HttpResponse(b"done", status=201))

    start, body = await asked(handler, b"one ", b"two")

    assert handler.body == b"one two"
    assert start["status"] == 201
    assert body["body"] == b"done"


async def test_it_streams_what_streams() -> None:
    def parts() -> Iterator[bytes]:
        yield b"a"
        yield b"b"

    sent = await asked(Handler(StreamingHttpResponse(parts())))

    assert [message.get("body") for message in sent] == [None, b"a", b"b", b""]
    assert not sent[-1].get("more_body")


async def test_it_refuses_what_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_BYTES", 5)
    handler = Handler(HttpResponse())

    start, _body = await asked(handler, b"123", b"456")

    assert start["status"] == 413
    assert handler.body == b""
