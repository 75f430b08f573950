"""Outgoing HTTP: one client, one guard against server-side request forgery, errors that say whether to retry.

Host names are resolved once and the connection goes to the very address that was checked, so that a name cannot
point elsewhere between the two. Redirects are never followed here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from pyreqwest import client as reqwest
from pyreqwest.exceptions import RequestError
from pyreqwest.http import Url
from pyreqwest.response import Response

from scopchat.common.names import Names, Unresolved

CONNECT_SECONDS = 5
TIMEOUT = timedelta(seconds=15)
RESOLVED_SECONDS = 60.0
"""How long the address behind a name is used before the name is asked for again, behind the back of requests."""
USABLE_SECONDS = 600.0
"""How long it is used at the most where the name cannot be resolved any more."""
MAX_HOSTS = 1000
"""Hosts to which clients are kept; past that the one resolved longest ago goes."""
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


class _Bound:
    """A client whose connections all go to one address that was checked."""

    __slots__ = ("address", "checked", "client", "replaced", "users")

    def __init__(self, address: str, client: reqwest.Client, now: float) -> None:
        self.address = address
        self.client = client
        self.checked = now
        self.users = 0
        self.replaced = False

    async def let_go(self) -> None:
        """Closes the client once it is replaced and the last request on it has ended."""
        if self.replaced and self.users == 0:
            await self.client.close()


class Client:
    """Makes requests; use as an async context manager and share within one event loop."""

    def __init__(self, *, allow_private: bool, max_connections: int = 1000) -> None:
        self._allow_private = allow_private
        self._max_connections = max_connections
        self._bound: dict[tuple[str, int], _Bound] = {}
        self._renewals: dict[tuple[str, int], asyncio.Task[_Bound]] = {}
        self._names = Names()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for renewal in self._renewals.values():
            renewal.cancel()
        self._names.close()
        for bound in self._bound.values():
            await bound.client.close()
        self._bound.clear()

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
        bound = await self._bound_to(*_host_and_port(url))
        bound.users += 1
        try:
            request = bound.client.request(method, url).headers(dict(headers)).timeout(timeout)
            async with request.body_bytes(body).build_streamed() as response:
                return Answer(response.status, response.headers, await _read(response, max_bytes))
        except RequestError as error:
            raise (NotConnected if _never_left(error) else NoAnswer)(type(error).__name__) from error
        finally:
            bound.users -= 1
            await bound.let_go()

    async def _bound_to(self, host: str, port: int) -> _Bound:
        """The client bound to the host. Its name is resolved anew once in a while, without keeping requests waiting."""
        kept = self._bound.get((host, port))
        age = time.monotonic() - kept.checked if kept else USABLE_SECONDS
        if kept is not None and age < RESOLVED_SECONDS:
            return kept
        renewal = self._renewals.get((host, port))
        if renewal is None:
            renewal = asyncio.create_task(self._renew(host, port))
            self._renewals[host, port] = renewal
            renewal.add_done_callback(lambda done: self._renewed((host, port), done))
        if kept is not None and age < USABLE_SECONDS:
            return kept
        return await asyncio.shield(renewal)

    def _renewed(self, key: tuple[str, int], renewal: asyncio.Task[_Bound]) -> None:
        del self._renewals[key]
        if not renewal.cancelled():
            # Whoever waits is told; where nobody does, the address known before serves a while longer.
            renewal.exception()

    async def _renew(self, host: str, port: int) -> _Bound:
        """Binds the host to an address that requests may go to: the same as before as long as the name still has it.

        Raises `Blocked`, `NotConnected`.
        """
        try:
            found = await self._names.addresses(host.strip("[]"), port)
        except Unresolved as error:
            raise NotConnected("the name cannot be resolved") from error
        allowed = [address for address in found if self._allow_private or is_public(address)]
        kept = self._bound.get((host, port))
        if kept is not None and kept.address in allowed:
            kept.checked = time.monotonic()
            return kept
        if kept is not None:
            await self._replace((host, port))
        if not allowed:
            raise Blocked(f"{host} is not a public address")
        while len(self._bound) >= MAX_HOSTS:
            await self._replace(min(self._bound, key=lambda key: self._bound[key].checked))
        self._bound[host, port] = bound = _Bound(allowed[0], self._build(host, allowed[0], port), time.monotonic())
        return bound

    async def _replace(self, key: tuple[str, int]) -> None:
        bound = self._bound.pop(key)
        bound.replaced = True
        await bound.let_go()

    def _build(self, host: str, address: str, port: int) -> reqwest.Client:
        return (
            reqwest.ClientBuilder()
            .resolve(host, address, port)
            .max_connections(self._max_connections)
            .connect_timeout(timedelta(seconds=CONNECT_SECONDS))
            .pool_idle_timeout(timedelta(seconds=KEEPALIVE_SECONDS))
            .follow_redirects(False)
            .no_proxy()
            .build()
        )


def retry_after(answer: Answer, now: datetime) -> timedelta | None:
    """How long the server asks to be left alone (Retry-After, RFC 9110 §10.2.3): seconds, or a date."""
    wanted = answer.headers.get("retry-after", "").strip()
    if wanted.isascii() and wanted.isdigit():
        return timedelta(seconds=int(wanted[:9]))
    try:
        return max(timedelta(0), parsedate_to_datetime(wanted) - now)
    except (ValueError, TypeError):
        return None


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
