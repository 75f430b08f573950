"""Outgoing requests: where they may not go, and what their failures say about trying again."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from datetime import timedelta

import pytest

from scopchat.common import http, names
from scopchat.common.http import Answer, Blocked, Client, NoAnswer, NotConnected, TooLarge, is_public

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-carrier: yes\r\n\r\nok"


@asynccontextmanager
async def server(script: Script) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server on loopback that reads a request and follows the script; yields its host:port and what it read."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            requests.append(await reader.readuntil(b"\r\n\r\n"))
            await script(reader, writer)

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"127.0.0.1:{listening.sockets[0].getsockname()[1]}", requests


def says(*answers: bytes) -> Script:
    async def script(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            writer.write(answer)
        await writer.drain()

    return script


async def never_answers(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def get(
    url: str, *, method: str = "GET", allow_private: bool = True, seconds: float = 10, max_bytes: int = 1000
) -> Answer:
    async with Client(allow_private=allow_private) as client:
        return await client.request(method, url, headers={}, timeout=timedelta(seconds=seconds), max_bytes=max_bytes)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
        "0.0.0.0", "255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1",
        "[::1]", "[::]", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]",
        "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
        "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1", "0", "017700000001", "127.0.0.1.",
        "１２７.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1",
        "localhost", "LOCALHOST", "user:password@127.0.0.1", "8.8.8.8@127.0.0.1",
    ],
)  # fmt: skip
async def test_no_request_reaches_an_address_that_is_not_public(host: str) -> None:
    async with server(says(OK)) as (address, requests):
        port = address.partition(":")[2]
        with pytest.raises(Blocked):
            await get(f"http://{host}:{port}/", allow_private=False)
    assert requests == []


@pytest.mark.parametrize(
    "url",
    ["", "/path", "file:///etc/passwd", "ftp://example.com/", "gopher://127.0.0.1:6379/", "http://", "http:///path",
     "javascript:alert(1)", "http://[::1", "http://example.com:99999/", "http://exa mple:x/"],
)  # fmt: skip
@pytest.mark.parametrize("allow_private", [True, False])
async def test_it_refuses_what_is_no_http_address(url: str, allow_private: bool) -> None:
    with pytest.raises(Blocked):
        await get(url, allow_private=allow_private)


async def test_a_name_is_judged_by_the_addresses_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_look_up", lambda _host, _port: ["10.0.0.1", "169.254.1.1"])
    with pytest.raises(Blocked, match=r"harmless\.example is not a public address"):
        await get("http://harmless.example/", allow_private=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "142.250.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(address)


async def test_it_gives_the_whole_answer() -> None:
    async with server(says(OK)) as (address, requests):
        answer = await get(f"http://{address}/path?q=1")
    assert (answer.status, answer.body, answer.headers["X-Carrier"]) == (200, b"ok", "yes")
    assert requests[0].startswith(b"GET /path?q=1 HTTP/1.1\r\n")


async def test_it_follows_no_redirect() -> None:
    redirect = b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"
    async with server(says(redirect)) as (address, requests):
        answer = await get(f"http://{address}/")
    assert (answer.status, answer.headers["location"]) == (302, "http://169.254.169.254/")
    assert len(requests) == 1


async def test_it_sends_no_cookie_back() -> None:
    biscuit = OK.replace(b"x-carrier: yes", b"set-cookie: a=b; path=/\r\nconnection: close")
    async with server(says(biscuit)) as (address, requests), Client(allow_private=True) as client:
        for _time in range(2):
            await client.request("GET", f"http://{address}/", headers={})
    assert [b"cookie" in request.lower() for request in requests] == [False, False]


async def test_a_refused_connection_is_safe_to_try_again() -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(NotConnected):
            await get(f"http://127.0.0.1:{unused.getsockname()[1]}/")


@pytest.mark.parametrize(
    "script",
    [
        says(),
        says(b"nonsense\r\n\r\n"),
        says(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this"),
        says(b"HTTP/1.1 200 OK\r\n"),
    ],
    ids=["closes", "nonsense", "half a body", "half a head"],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
async def test_after_a_broken_answer_nobody_knows_and_nothing_is_repeated(script: Script, method: str) -> None:
    async with server(script) as (address, requests):
        with pytest.raises(NoAnswer):
            await get(f"http://{address}/", method=method)
    assert len(requests) == 1


async def test_a_server_that_hangs_leaves_it_open_too() -> None:
    async with server(never_answers) as (address, requests):
        with pytest.raises(NoAnswer):
            await get(f"http://{address}/", seconds=0.2)
    assert len(requests) == 1


@pytest.mark.parametrize("head", [b"content-length: 2000", b"connection: close"])
async def test_it_stops_reading_a_large_answer(head: bytes) -> None:
    large = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + b"x" * 2000
    async with server(says(large)) as (address, _requests):
        with pytest.raises(TooLarge):
            await get(f"http://{address}/")
        assert len((await get(f"http://{address}/", max_bytes=2000)).body) == 2000


class Counted:
    """Stands for a library's client, and counts how many are open."""

    open = 0
    most = 0

    def __init__(self) -> None:
        Counted.open += 1
        Counted.most = max(Counted.most, Counted.open)

    async def close(self) -> None:
        Counted.open -= 1


async def test_a_client_is_closed_when_another_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand renewals, each to another address, as behind a carrier that moves all the time."""
    monkeypatch.setattr(http, "USABLE_SECONDS", 0.0)
    monkeypatch.setattr(http, "RESOLVED_SECONDS", 0.0)
    moving = iter(range(2000))
    monkeypatch.setattr(names, "_look_up", lambda _host, _port: [f"10.0.{next(moving)}.1"])
    async with Client(allow_private=True) as client:
        monkeypatch.setattr(client, "_build", lambda *_where: Counted())
        for _time in range(1000):
            await client._bound_to("carrier.example", 443)
        assert (Counted.open, Counted.most) == (1, 1)
    assert Counted.open == 0


async def test_a_client_in_use_is_closed_after_its_last_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "USABLE_SECONDS", 0.0)
    monkeypatch.setattr(http, "RESOLVED_SECONDS", 0.0)
    answers, asked = asyncio.Event(), asyncio.Event()

    async def late(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await answers.wait()
        writer.write(OK)

    found = iter([["127.0.0.1"], ["127.0.0.2"]])
    monkeypatch.setattr(names, "_look_up", lambda _host, _port: next(found))
    async with server(late) as (address, _requests), Client(allow_private=True) as client:
        port = int(address.partition(":")[2])
        under_way = asyncio.create_task(client.request("GET", f"http://carrier.example:{port}/", headers={}))
        await asked.wait()
        first = client._bound["carrier.example", port]
        await client._bound_to("carrier.example", port)
        answers.set()
        assert (await under_way).body == b"ok"
        assert (first.replaced, first.users) == (True, 0)


async def test_a_name_that_moves_is_followed_and_one_that_is_lost_still_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "RESOLVED_SECONDS", 0.0)

    def lost(_host: str, _port: int) -> list[str]:
        raise OSError("no answer")

    async with Client(allow_private=True) as client:
        monkeypatch.setattr(names, "_look_up", lambda _host, _port: ["10.0.0.1"])
        first = await client._bound_to("carrier.example", 443)
        monkeypatch.setattr(names, "_look_up", lost)
        for _time in range(3):
            assert await client._bound_to("carrier.example", 443) is first
            await asyncio.gather(*client._renewals.values(), return_exceptions=True)
        monkeypatch.setattr(client._names, "_refused", {})
        monkeypatch.setattr(names, "_look_up", lambda _host, _port: ["10.0.0.2"])
        await client._bound_to("carrier.example", 443)
        await asyncio.gather(*client._renewals.values())
        assert (await client._bound_to("carrier.example", 443)).address == "10.0.0.2"


async def test_a_name_that_never_answers_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred requests to a name that hangs cost one thread; the others' names and threads are free."""
    hanging, asked = threading.Event(), []

    def look_up(host: str, _port: int) -> list[str]:
        asked.append(host)
        if host == "hangs.example":
            hanging.wait()
        return ["127.0.0.1"]

    monkeypatch.setattr(names, "_look_up", look_up)
    monkeypatch.setattr(names, "SECONDS", 0.2)
    async with server(says(OK)) as (address, _requests), Client(allow_private=True) as client:
        port = address.partition(":")[2]
        waiting = [
            asyncio.create_task(client.request("GET", f"http://hangs.example:{port}/", headers={})) for _n in range(100)
        ]
        answer = await client.request("GET", f"http://answers.example:{port}/", headers={})
        found = await asyncio.gather(*waiting, return_exceptions=True)
        hanging.set()
    assert answer.body == b"ok"
    assert {type(one) for one in found} == {NotConnected}
    assert asked.count("hangs.example") == 1
