"""Django behind the server: what a request becomes, and how it is answered."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from scopchat.common.refusals import TOO_LARGE
from scopchat.config import pages as config_pages
from scopchat.config.pages import STRANGERS_BYTES, Pages, environ_of

SCOPE: dict[str, Any] = {
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
        self.environ: dict[str, Any] = {}
        self.asked = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.environ, self.body = environ, environ["wsgi.input"].read()
        self.asked += 1
        start_response(f"{self.answer.status_code} X", list(self.answer.items()))
        return self.answer


END = {"type": "http.request", "body": b""}
LEFT = {"type": "http.disconnect"}


async def asked(
    handler: Handler, *parts: bytes, end: dict[str, Any] = END, most: int = STRANGERS_BYTES, declared: int | None = None
) -> list[dict[str, Any]]:
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in parts] + [end]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    pages = Pages(handler, threads=1, most_bytes=lambda _scope: most)  # type: ignore[arg-type]
    said = [] if declared is None else [(b"content-length", str(declared).encode())]
    await pages(SCOPE | {"headers": SCOPE["headers"] + said}, receive, send)
    assert waiting == [] or not handler.asked
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

    assert [message.get("body") for message in sent] == [None, b"ab", b""]
    assert not sent[-1].get("more_body")


@pytest.mark.parametrize("parts", [(), (b"Votre rendez-vous est ANNUL",)])
async def test_part_of_a_request_is_no_request(parts: tuple[bytes, ...]) -> None:
    handler = Handler(HttpResponse())

    assert await asked(handler, *parts, end=LEFT) == []
    assert handler.asked == 0


@pytest.mark.parametrize(
    ("size", "most", "status"),
    [(64 * 1024, 0, 200), (64 * 1024 + 1, STRANGERS_BYTES, 413), (100_000, 100_000, 200)],
)
@pytest.mark.parametrize("declares", [True, False])
async def test_strangers_send_little_and_people_more(size: int, most: int, status: int, declares: bool) -> None:
    handler = Handler(HttpResponse())
    parts = (b"x" * 60_000, b"x" * (size - 60_000))

    start, _body = await asked(handler, *parts, most=most or STRANGERS_BYTES, declared=size if declares else None)

    assert start["status"] == status
    assert handler.asked == (status == 200)


@pytest.mark.parametrize("declared", [None, 100_001])
async def test_who_is_signed_in_is_told_that_it_is_too_large(declared: int | None) -> None:
    """The application answers, without the body, once all of it was sent: a browser would not read it before."""
    handler = Handler(HttpResponse(b"too large", status=413))

    start, body = await asked(handler, b"x" * 90_000, b"x" * 10_001, most=100_000, declared=declared)

    assert (start["status"], body["body"]) == (413, b"too large")
    assert (handler.body, handler.environ[TOO_LARGE], handler.environ["CONTENT_LENGTH"]) == (b"", 100_000, "0")


async def test_what_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config_pages, "THROWN_AWAY_BYTES", 100_000)
    handler = Handler(HttpResponse())

    start, _body = await asked(handler, *[b"x" * 60_000] * 4, most=100_000)

    assert (start["status"], handler.asked) == (413, 0)


async def test_a_slow_reader_holds_no_thread() -> None:
    """One thread makes pages and two make exports; ten exports that nobody reads leave all of them free."""
    export = b"line\n" * 20_000
    handler = Handler(HttpResponse(b"page"))
    pages = Pages(handler, threads=1, most_bytes=lambda _scope: STRANGERS_BYTES)  # type: ignore[arg-type]
    started, never = [], asyncio.Event()

    async def receive() -> dict[str, Any]:
        return END

    async def reads_nothing(message: dict[str, Any]) -> None:
        started.append(message["type"])
        await never.wait()

    page: list[dict[str, Any]] = []

    async def reads(message: dict[str, Any]) -> None:
        page.append(message)

    handler.answer = StreamingHttpResponse([export])
    slow = []
    for number in range(10):
        handler.answer = StreamingHttpResponse([export])
        slow.append(asyncio.create_task(pages(SCOPE, receive, reads_nothing)))
        while len(started) <= number:
            await asyncio.sleep(0)
    handler.answer = HttpResponse(b"page")
    async with asyncio.timeout(5):
        await pages(SCOPE, receive, reads)
    assert page[1]["body"] == b"page"
    for one in slow:
        one.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
