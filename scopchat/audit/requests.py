"""Where the request under way comes from, for whatever is recorded during it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

AGENT_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Origin:
    """The browser's address and what it calls itself."""

    ip: str | None = None
    agent: str = ""


NOWHERE = Origin()
"""Outside requests: jobs and commands."""
_ORIGIN: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def origin() -> Origin:
    """The origin of the request under way, or `NOWHERE`."""
    return _ORIGIN.get()


@contextmanager
def coming_from(found: Origin) -> Iterator[None]:
    """Whatever is recorded within came from there."""
    token = _ORIGIN.set(found)
    try:
        yield
    finally:
        _ORIGIN.reset(token)


def client_address(remote: str, forwarded: str, *, proxies: int) -> str | None:
    """The address of the browser, seen through `proxies` trusted proxies that each add one to X-Forwarded-For.

    Addresses further left were written by whoever asked, and count for nothing.
    """
    told = [part.strip() for part in forwarded.split(",")] if forwarded else []
    found = told[-proxies] if 0 < proxies <= len(told) else remote
    try:
        return str(ipaddress.ip_address(found))
    except ValueError:
        return None


def _storable(agent: str) -> str:
    """PostgreSQL takes any character but one."""
    return agent.replace("\0", "")[:AGENT_CHARACTERS]


class OriginMiddleware:
    """Remembers where the request comes from while it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ip = client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.headers.get("X-Forwarded-For", ""),
            proxies=settings.TRUSTED_PROXIES,
        )
        with coming_from(Origin(ip, _storable(request.headers.get("User-Agent", "")))):
            return self.get_response(request)
