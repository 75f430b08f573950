"""A cheap HTTP/1.1 client for load: whole requests made beforehand, one in flight per connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


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


async def fire(port: int, requests: Sequence[bytes], connections: int = 64) -> Outcome:
    """Sends every request once, as fast as answers come."""
    outcome = Outcome()
    waiting = iter(requests)
    began = time.perf_counter()
    await asyncio.gather(*(_one(port, waiting, outcome) for _ in range(connections)))
    outcome.seconds = time.perf_counter() - began
    return outcome


async def _one(port: int, waiting: object, outcome: Outcome) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in waiting:  # type: ignore[attr-defined]
        sent = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        place = lower.find(b"content-length:")
        if place >= 0:
            length = int(lower[place + 15 :].split(b"\r\n", 1)[0])
            if length:
                await reader.readexactly(length)
        elif b"transfer-encoding: chunked" in lower:
            while await reader.readline() != b"0\r\n":
                pass
            await reader.readline()
        outcome.latencies.append(time.perf_counter() - sent)
        status = int(head[9:12])
        outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
    writer.close()
