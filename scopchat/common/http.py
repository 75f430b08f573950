"""Outgoing HTTP: one client, one guard against server-side request forgery, errors that say whether to retry.

Host names are resolved once and the connection goes to the very address that was checked, so that a name cannot
point elsewhere between the two. Redirects are never followed here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from pyreqwest import client as reqwest
from pyreqwest.exceptions import RequestError
from pyreqwest.http import Url
from pyreqwest.response import Response

CONNECT_SECONDS = 5
TIMEOUT = timedelta(seconds=15)
RESOLVED_SECONDS = 60.0
"""How long the address behind a name is kept."""
KEEPALIVE_SECONDS = 4
"""Below the usual five of servers, so that a kept connection is seldom closed under a request."""
MAX_ANSWER_BYTES = 1_000_000
NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses as an IPv6-only network writes them (RFC 6052): the last 32 bits decide."""
GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")
"""All of IPv6 that has been given out for the public internet (IANA)."""


class Blocked(Exception):
    """The address is not one that requests may go to; nothing was sent."""


class NotConnected(Exception):
    """No connection came about: the request never left and may be made again."""


class NoAnswer(Exception):
    """The request left, or may have, and no whole answer came: whether it was carried out is not known."""


class TooLarge(Exception):
    """The answer is larger than the caller takes."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet: not private, loopback, link-local, multicast or reserved."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or (ipaddress.IPv4Address(ip.packed[-4:]) if ip in NAT64 else None)
        if inner is None:
            return ip.is_global and ip in GLOBAL_IPV6
        ip = inner
    return ip.is_global and not ip.is_multicast


class Client:
    """Makes requests; use as an async context manager and share within one event loop."""

    def __init__(self, *, allow_private: bool, max_connections: int = 1000) -> None:
        self._allow_private = allow_private
        self._max_connections = max_connections
        self._pinned: dict[tuple[str, int], tuple[float, reqwest.Client]] = {}
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pinned.clear()
        await self._open.aclose()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        timeout: timedelta = TIMEOUT,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Answer:
        """One request and its whole answer; `timeout` is over both.

        Raises `Blocked`, `NotConnected` (safe to retry), `NoAnswer` (not safe), `TooLarge`.
        """
        client = await self._client(*_host_and_port(url))
        request = client.request(method, url).headers(dict(headers)).timeout(timeout)
        try:
            async with request.body_bytes(body).build_streamed() as response:
                return Answer(response.status, response.headers, await _read(response, max_bytes))
        except RequestError as error:
            raise (NotConnected if _never_left(error) else NoAnswer)(type(error).__name__) from error

    async def _client(self, host: str, port: int) -> reqwest.Client:
        """The client bound to the checked address behind the host; names are resolved anew once in a while."""
        kept = self._pinned.get((host, port))
        now = time.monotonic()
        if kept is not None and now - kept[0] < RESOLVED_SECONDS:
            return kept[1]
        address = await self._checked(host, port)
        client = await self._open.enter_async_context(
            reqwest.ClientBuilder()
            .resolve(host, address, port)
            .max_connections(self._max_connections)
            .connect_timeout(timedelta(seconds=CONNECT_SECONDS))
            .pool_idle_timeout(timedelta(seconds=KEEPALIVE_SECONDS))
            .follow_redirects(False)
            .no_proxy()
            .build()
        )
        self._pinned[host, port] = (now, client)
        return client

    async def _checked(self, host: str, port: int) -> str:
        """An address behind the host that requests may go to. Raises `Blocked`, `NotConnected`."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise NotConnected("the name cannot be resolved") from error
        for *_family, socket_address in found:
            address = str(socket_address[0])
            if self._allow_private or is_public(address):
                return address
        raise Blocked(f"{host} is not a public address")


def _never_left(error: RequestError) -> bool:
    """Whether the failure was in connecting. The class of the error does not say: a connection that breaks under a
    request gives a `ConnectError` too. Anything but these words counts as having left, which is the safe side.
    """
    causes = error.details["causes"] or []
    return any(cause["message"] == "client error (Connect)" for cause in causes)


@lru_cache(maxsize=1000)
def _host_and_port(url: str) -> tuple[str, int]:
    """Host and port as the client will read them: odd ways of writing an IP address have become plain ones."""
    try:
        address, written = Url(url), urlsplit(url)
    except ValueError:
        raise Blocked("not an address") from None
    host, port = address.host_str, address.port_or_known_default
    if address.scheme not in {"http", "https"} or not written.netloc or not host or port is None:
        raise Blocked("only http and https addresses")
    return host, port


async def _read(response: Response, max_bytes: int) -> bytes:
    body = bytearray()
    while (chunk := await response.body_reader.read_chunk()) is not None:
        body += chunk
        if len(body) > max_bytes:
            raise TooLarge(f"more than {max_bytes} bytes")
    return bytes(body)
