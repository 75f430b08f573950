"""The 64 shards over which channels' work is spread: one runner per shard and kind of work at a time."""

from __future__ import annotations

from zlib import crc32

SHARDS = 64


def shard_of(*, provider_id: int, address: str) -> int:
    """The shard of an address at a provider: the same before and after a channel has it, on every machine."""
    return crc32(f"{provider_id}:{address}".encode()) % SHARDS
