"""A cheap HTTP/1.1 client for load: whole requests made beforehand, one in flight per connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast


@dataclass(slots=True)
class Outcome:
    """What a burst of requests gave. Latencies are in seconds."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return sum(count for status, count in self.statuses.items() if 200 <= status < 300)

    @property
    def rate(self) -> float:
        return self.accepted / self.seconds

    def percentile(self, share: float) -> float:
        return sorted(self.latencies)[int(len(self.latencies) * share)]


def post(path: str, headers: dict[str, str], body: bytes) -> bytes:
    """A request as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class _Connection(asyncio.Protocol):
    """One connection that sends the next request when the last one was answered."""

    def __init__(self, waiting: Iterator[bytes], outcome: Outcome, done: asyncio.Future[None]) -> None:
        self._waiting, self._outcome, self._done = waiting, outcome, done
        self._buffer = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def _next(self) -> None:
        request = next(self._waiting, None)
        if request is None:
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or not self._whole(end + 4):
            return
        status = int(self._buffer[9:12])
        self._buffer = b""
        self._outcome.latencies.append(time.perf_counter() - self._sent)
        self._outcome.statuses[status] = self._outcome.statuses.get(status, 0) + 1
        self._next()

    def _whole(self, start: int) -> bool:
        head = self._buffer[:start].lower()
        place = head.find(b"content-length:")
        if place >= 0:
            return len(self._buffer) >= start + int(head[place + 15 :].split(b"\r\n", 1)[0])
        return b"chunked" not in head or self._buffer.endswith(b"0\r\n\r\n")

    def connection_lost(self, _error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)


async def fire(port: int, requests: Sequence[bytes], connections: int = 64) -> Outcome:
    """Sends every request once, as fast as answers come; what a lost connection carried counts as unanswered."""
    outcome = Outcome()
    waiting = iter(requests)
    loop = asyncio.get_running_loop()
    ends: list[asyncio.Future[None]] = [loop.create_future() for _ in range(connections)]
    began = time.perf_counter()
    for end in ends:
        await loop.create_connection(lambda end=end: _Connection(waiting, outcome, end), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*ends)
    outcome.seconds = time.perf_counter() - began
    return outcome
