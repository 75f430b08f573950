"""Limits on connections, held before anything of a request is understood.

uvicorn sets none on a request that never becomes whole, nor on an answer that nobody reads: either would keep a
connection, its memory and a descriptor for as long as the other side likes.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any

import structlog
from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

logger = structlog.get_logger(__name__)

REQUEST_SECONDS = 15.0
"""From the first byte of a request to its last, or from the connection to its first request;"""
BYTES_PER_SECOND = 8_000
"""and as much longer as what has come of its body takes at this pace."""
ANSWER_SECONDS = 60.0
"""How long an answer may wait for its reader to take more of it."""
TOLD_SECONDS = 60.0
"""How often at the most the log tells of one address."""

_connections = Counter[str]()
_told: dict[str, float] = {}


class Door(HttpToolsProtocol):
    """One connection, given up when it dawdles; an address has so many at a time and no more."""

    _address = ""
    _since = 0.0
    _received = 0
    _receiving = True
    """Whether a request is awaited or under way, and not yet whole."""
    _deadline: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        # Behind proxies everybody has their address; counting is their business then.
        self._address = peer[0] if isinstance(peer, tuple) and not settings.TRUSTED_PROXIES else ""
        _connections[self._address] += 1
        if self._address and _connections[self._address] > settings.CONNECTIONS_PER_ADDRESS:
            self._give_up("too many connections")
            return
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        if self._unread is not None:
            self._unread.cancel()
        _connections[self._address] -= 1
        if not _connections[self._address]:
            del _connections[self._address]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._receiving:
            self._stop_waiting()
        elif self._deadline is None:
            self._expect()

    def on_message_begin(self) -> None:
        self._receiving, self._received = True, 0
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        self._received += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._receiving = False
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self.loop.call_later(ANSWER_SECONDS, self._give_up, "the answer is not read")

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _expect(self) -> None:
        self._since = self.loop.time()
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self._look)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _look(self) -> None:
        """The time for a request is over, unless much has come of it."""
        due = self._since + REQUEST_SECONDS + self._received / BYTES_PER_SECOND
        if self._receiving and self.loop.time() < due:
            self._deadline = self.loop.call_at(due, self._look)
        elif self._receiving:
            self._give_up("the request is not whole")

    def _give_up(self, why: str) -> None:
        now = time.monotonic()
        if now - _told.get(self._address, -TOLD_SECONDS) >= TOLD_SECONDS:
            if len(_told) > 10_000:
                _told.clear()
            _told[self._address] = now
            logger.warning("connection_closed", why=why, address=self._address, open=_connections[self._address])
        self.transport.abort()
