"""The sweep's statements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from scopchat.channels.shards import SHARDS

SHARDS_TO_ROUTE = f"""
SELECT shard FROM generate_series(0, {SHARDS - 1}) AS shard
WHERE EXISTS (SELECT 1 FROM channels_inboundevent e WHERE e.shard = shard.shard AND e.state = 'pending')
"""  # noqa: S608  index inbound_event_work

SHARDS_TO_SEND = """
SELECT DISTINCT c.shard FROM channels_channel c
WHERE EXISTS (
    SELECT 1 FROM interactions_message m
    WHERE m.channel_id = c.id AND m.status = 'queued' AND (m.not_before IS NULL OR m.not_before <= %(now)s)
) OR EXISTS (
    SELECT 1 FROM interactions_message m
    WHERE m.channel_id = c.id AND m.status = 'sending' AND m.claimed_at < %(now)s - interval '20 seconds'
)
"""  # indexes message_outbox, message_in_flight

REMATCH = """
UPDATE channels_inboundevent e SET state = 'pending'
FROM channels_channel c, interactions_message m
WHERE e.state = 'unmatched' AND e.event = 'status' AND e.received_at > now() - interval '3 days'
  AND c.provider_id = e.provider_id AND c.address = e.address AND c.is_active
  AND m.channel_id = c.id AND m.carrier_id = e.carrier_id
"""  # indexes inbound_event_unmatched, message_carrier_once


BOOK = """
UPDATE channels_channel c SET next_send_at = booked.at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS booked (id, at) WHERE c.id = booked.id
"""


def _shards(statement: str, parameters: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [shard for (shard,) in cursor.fetchall()]


def shards_to_route() -> list[int]:
    """Shards whose journal has something to handle."""
    return _shards(SHARDS_TO_ROUTE, {})


def shards_to_send(now: datetime) -> list[int]:
    """Shards with a text that may go, or one that a dead run left claimed."""
    return _shards(SHARDS_TO_SEND, {"now": now})


def rematch_receipts() -> None:
    """Hands receipts of the last three days whose message is known by now back to the router."""
    with connection.cursor() as cursor:
        cursor.execute(REMATCH)


def book(moments: dict[int, datetime]) -> None:
    """Writes when each channel will have earned the segments sent so far."""
    with connection.cursor() as cursor:
        cursor.execute(BOOK, [list(moments), list(moments.values())])
