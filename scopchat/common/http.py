"""Outgoing HTTP: one client, one guard against server-side request forgery, errors that say whether to retry.

Host names are resolved once and the connection goes to the very address that was checked, so that a name cannot
point elsewhere between the two. Redirects are never followed here.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import BytesPayload
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

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


class _GuardedResolver(AbstractResolver):
    def __init__(self, *, allow_private: bool) -> None:
        self._resolver = aiohttp.ThreadedResolver()
        self._allow_private = allow_private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        allowed = [result for result in found if self._allow_private or is_public(result["host"])]
        if not allowed:
            raise Blocked(f"{host} is not a public address")
        return allowed

    async def close(self) -> None:
        await self._resolver.close()


class Client:
    """Makes requests; use as an async context manager and share within one event loop."""

    def __init__(self, *, allow_private: bool, max_connections: int = 1000) -> None:
        self._allow_private = allow_private
        self._max_connections = max_connections

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            limit=self._max_connections,
            resolver=_GuardedResolver(allow_private=self._allow_private),
            keepalive_timeout=KEEPALIVE_SECONDS,
        )
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=True, trust_env=False
        )
        # It repeats a GET or PUT whose connection broke, and some carriers' GET sends a text; no public setting
        # turns that off.
        self._session._retry_connection = False
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        timeout: float = 15.0,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Answer:
        """One request and its whole answer; `timeout` in seconds over both.

        Raises `Blocked`, `NotConnected` (safe to retry), `NoAnswer` (not safe), `TooLarge`.
        """
        address = self._checked(url)
        limits = aiohttp.ClientTimeout(total=timeout, connect=min(5.0, timeout))
        try:
            async with self._session.request(
                method,
                address,
                headers=headers,
                data=BytesPayload(body) if body else None,
                timeout=limits,
                allow_redirects=False,
            ) as response:
                return Answer(response.status, response.headers, await _read(response, max_bytes))
        except (Blocked, TooLarge):
            raise
        except aiohttp.InvalidURL as error:
            raise Blocked("not an address") from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotConnected(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoAnswer(type(error).__name__) from error

    def _checked(self, url: str) -> URL:
        """The address, unless it is a literal one that requests may not go to (those never pass the resolver)."""
        address, literal_is_public = _parsed(url)
        if literal_is_public is False and not self._allow_private:
            raise Blocked(f"{address.raw_host} is not a public address")
        return address


@lru_cache(maxsize=1000)
def _parsed(url: str) -> tuple[URL, bool | None]:
    """The address as the client will read it, and whether it is public where it is a literal one.

    Digits of other scripts have become plain ones here, so that they hide nothing. Raises `Blocked`.
    """
    try:
        address = URL(url)
    except ValueError:
        raise Blocked("not an address") from None
    if address.scheme not in {"http", "https"} or not address.raw_host:
        raise Blocked("only http and https addresses")
    try:
        return address, is_public(address.raw_host)
    except ValueError:
        return address, None


async def _read(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > max_bytes:
            raise TooLarge(f"more than {max_bytes} bytes")
    return bytes(body)
