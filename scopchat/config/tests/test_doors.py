"""What strangers on the line may not do: a real server, and clients that dawdle."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from scopchat.config import doors
from scopchat.config.doors import Door

LARGE = b"x" * 4_000_000


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the size of what was sent, or with a lot."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message["more_body"]
    body = LARGE if scope["path"] == "/large" else str(size).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@contextlib.asynccontextmanager
async def server() -> AsyncIterator[int]:
    config = uvicorn.Config(application, port=0, http=Door, lifespan="off", log_config=None, ws="none")
    serving = uvicorn.Server(config)
    task = asyncio.create_task(serving.serve())
    while not serving.started:
        await asyncio.sleep(0)
    yield serving.servers[0].sockets[0].getsockname()[1]
    serving.should_exit = True
    await task


@contextlib.asynccontextmanager
async def connection(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield reader, writer
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def is_closed(reader: asyncio.StreamReader) -> bool:
    """Whether the server ends the connection before long, without an answer."""
    async with asyncio.timeout(5):
        try:
            return await reader.read(100) == b""
        except ConnectionError:
            return True


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "REQUEST_SECONDS", 0.3)
    monkeypatch.setattr(doors, "ANSWER_SECONDS", 0.3)


@pytest.mark.parametrize(
    "beginning",
    [b"", b"POST / HT", b"POST / HTTP/1.1\r\nhost: x\r\n", b"POST / HTTP/1.1\r\ncontent-length: 1000\r\n\r\nhalf"],
    ids=["silent", "half a line", "half a head", "half a body"],
)
async def test_a_request_that_never_becomes_whole_is_given_up(beginning: bytes) -> None:
    async with server() as port, connection(port) as (reader, writer):
        writer.write(beginning)
        assert await is_closed(reader)


async def test_a_large_body_may_take_as_long_as_its_size_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "REQUEST_SECONDS", 0.1)
    async with server() as port, connection(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 24000\r\nconnection: close\r\n\r\n")
        for _piece in range(6):
            writer.write(b"x" * 4000)
            await asyncio.sleep(0.1)
        assert (await reader.read()).endswith(b"5\r\n24000\r\n0\r\n\r\n")


async def test_a_connection_is_good_for_more_than_one_request() -> None:
    async with server() as port, connection(port) as (reader, writer):
        for _time in range(3):
            writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            assert (await reader.readuntil(b"0\r\n\r\n")).startswith(b"HTTP/1.1 200")
            # Longer than a request may take: between two there is none.
            await asyncio.sleep(0.4)


async def test_an_answer_that_nobody_reads_is_given_up() -> None:
    async with server() as port, connection(port) as (reader, writer):
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        await asyncio.sleep(0.8)
        reader._transport.resume_reading()  # type: ignore[attr-defined]
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(len(LARGE))


async def test_an_address_has_so_many_connections_and_no_more(settings: Any) -> None:
    settings.CONNECTIONS_PER_ADDRESS = 3
    async with server() as port, contextlib.AsyncExitStack() as stack:
        for _time in range(3):
            await stack.enter_async_context(connection(port))
        reader, _writer = await stack.enter_async_context(connection(port))
        assert await is_closed(reader)


async def test_who_hangs_up_makes_room(settings: Any) -> None:
    settings.CONNECTIONS_PER_ADDRESS = 1
    async with server() as port:
        for _time in range(3):
            async with connection(port) as (reader, writer):
                writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                assert (await reader.read()).startswith(b"HTTP/1.1 200")
