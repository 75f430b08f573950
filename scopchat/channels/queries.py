"""Statements about channels and the journal: those of the message path come once for a whole batch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from scopchat.channels.shards import SHARDS
from scopchat.common.queries import batch
from scopchat.tenancy.queries import PLACES, WORKING

CHANNELS_OF = "SELECT channel_id FROM channels_channel_users WHERE user_id = {person}"
"""The channels of a person; `{person}` is an expression of the statement around it. Index on `user_id`."""
NAMES = "SELECT id, name FROM channels_channel"
"""By primary key."""
SHARDS_OF = "SELECT id, shard, provider_id FROM channels_channel"
"""By primary key, and by provider (index channel_of_address)."""
IN_USE = f"""
SELECT c.id, c.shard FROM channels_channel c
JOIN channels_provider p ON p.id = c.provider_id
JOIN ({WORKING}) owner ON owner.id = c.company_id
WHERE c.is_active AND p.is_active
"""  # noqa: S608  no value in it
"""Channels that may send."""

CHECK_LOCKS = 2
"""Tells the locks of account checks from others of the database (those of shards: `gateway.queries`)."""
LOCK_CHECK = "SELECT pg_try_advisory_lock(%s, %s)"
UNLOCK_CHECK = "SELECT pg_advisory_unlock(%s, %s)"

SHARDS_TO_ROUTE = f"""
SELECT shard FROM generate_series(0, {SHARDS - 1}) AS shard
WHERE EXISTS (SELECT 1 FROM channels_pendingevent e WHERE e.shard = shard.shard)
"""  # noqa: S608  primary key

FIRST_PENDING = """
SELECT shard, event_id FROM unnest(%b::int[]) AS asked (shard)
CROSS JOIN LATERAL (
    SELECT e.event_id FROM channels_pendingevent e WHERE e.shard = asked.shard ORDER BY e.event_id LIMIT 1
) first
"""  # primary key

PENDING = """
SELECT e.id, pending.shard, p.kind, e.provider_id, e.event, e.method, e.url, e.headers, e.body, e.received_at, e.state
FROM unnest(%b::int[]) AS asked (shard)
CROSS JOIN LATERAL (
    SELECT shard, event_id FROM channels_pendingevent WHERE shard = asked.shard ORDER BY event_id LIMIT %s
) pending
JOIN channels_inboundevent e ON e.id = pending.event_id
LEFT JOIN channels_provider p ON p.id = e.provider_id
ORDER BY e.id
"""  # primary keys

OWNERS = """
SELECT c.provider_id, c.address, c.is_active, c.id, c.company_id, c.queue_id, c.loan_id IS NOT NULL
FROM (SELECT DISTINCT * FROM unnest(%b::bigint[], %b::text[])) AS asked (provider_id, address)
JOIN channels_channel c ON c.provider_id = asked.provider_id AND c.address = asked.address
"""  # index channel_of_address

SETTLE = """
DELETE FROM channels_pendingevent WHERE shard = ANY(%b::int[]) AND event_id = ANY(%b) RETURNING event_id
"""  # primary key; no two shards have an event

SET_STATE = """
UPDATE channels_inboundevent e
SET state = now.state, carrier_id = now.carrier_id, address = now.address, error = now.error
FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[])
     AS now (id, state, carrier_id, address, error)
WHERE e.id = now.id
RETURNING e.id
"""

MOVE = """
WITH moved AS (
    UPDATE channels_inboundevent e SET shard = now.shard
    FROM unnest(%b::bigint[], %b::int[]) AS now (id, shard)
    WHERE e.id = now.id
    RETURNING e.id, e.shard
)
INSERT INTO channels_pendingevent (shard, event_id) SELECT shard, id FROM moved
ON CONFLICT DO NOTHING
RETURNING event_id
"""  # primary keys

BOOK = """
WITH turn AS (
    SELECT c.id FROM channels_channel c WHERE c.id = ANY(%s) AND c.is_active ORDER BY c.id FOR NO KEY UPDATE
)
UPDATE channels_channel c SET next_send_at = booked.at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS booked (id, at)
JOIN turn ON turn.id = booked.id
WHERE c.id = booked.id
"""  # in the order in which `channels.lending` stops them

HOLD_BACK = """
WITH turn AS (
    SELECT c.id FROM channels_channel c WHERE c.id = ANY(%s) ORDER BY c.id FOR NO KEY UPDATE
)
UPDATE channels_channel c SET next_send_at = GREATEST(c.next_send_at, held.until)
FROM unnest(%s::bigint[], %s::timestamptz[]) AS held (id, until)
JOIN turn ON turn.id = held.id
WHERE c.id = held.id
"""

COUNT_USE = f"""
INSERT INTO channels_loanuse AS used (company_id, loan_id, day, texts_in, texts_out, segments)
SELECT l.company_id, l.id, (%s AT TIME ZONE b.time_zone)::date, sum(n.texts_in), sum(n.texts_out), sum(n.segments)
FROM unnest(%b::bigint[], %b::int[], %b::int[], %b::int[]) AS n (channel_id, texts_in, texts_out, segments)
JOIN channels_channel c ON c.id = n.channel_id
JOIN channels_loan l ON l.id = c.loan_id
JOIN ({PLACES}) b ON b.id = l.borrower_id
GROUP BY l.id, b.id, b.time_zone
ORDER BY l.id
ON CONFLICT (loan_id, day) DO UPDATE SET
    texts_in = used.texts_in + excluded.texts_in,
    texts_out = used.texts_out + excluded.texts_out,
    segments = used.segments + excluded.segments
RETURNING loan_id
"""  # noqa: S608  no value in it; primary keys, unique index loan_use_once

COUNT_BACK = f"""
UPDATE channels_loanuse used SET texts_out = used.texts_out - 1, segments = used.segments - %(segments)s
FROM channels_channel c
JOIN channels_loan l ON l.id = c.loan_id
JOIN ({PLACES}) b ON b.id = l.borrower_id
WHERE c.id = %(channel)s AND used.loan_id = l.id AND used.day = (%(now)s AT TIME ZONE b.time_zone)::date
  AND used.texts_out >= 1 AND used.segments >= %(segments)s
"""  # noqa: S608  no value in it; primary keys, unique index loan_use_once

PRUNE_JOURNAL = """
WITH step AS MATERIALIZED (
    SELECT e.id, e.received_at FROM channels_inboundevent e WHERE e.id > %(after)s ORDER BY e.id LIMIT %(most)s
), gone AS (
    DELETE FROM channels_inboundevent e USING step
    WHERE e.id = step.id AND step.received_at < %(before)s
      AND (e.state IN ('accepted', 'refused') OR e.event = 'status')
      AND NOT EXISTS (SELECT 1 FROM channels_pendingevent p WHERE p.shard = e.shard AND p.event_id = e.id)
    RETURNING e.id
)
SELECT max(id), COALESCE(bool_or(received_at >= %(before)s), true), (SELECT count(*) FROM gone) FROM step
"""  # primary keys

UNMATCHED = """
SELECT id FROM channels_inboundevent
WHERE provider_id = ANY(%b) AND carrier_id = ANY(%b) AND state = 'unmatched'
"""  # index inbound_event_unmatched


def count_in(texts: Mapping[int, int], *, now: datetime) -> None:
    """Adds texts that came in, by channel, on the borrower's own day.

    It keeps the loan's row of the day until the transaction ends: call it after what else that locks.
    """
    nothing = [0] * len(texts)
    batch(COUNT_USE, [now, list(texts), list(texts.values()), nothing, nothing])


def count_out(*, channel_id: int, segments: int, now: datetime, texts: int = 1) -> None:
    """Adds texts that were queued; otherwise as `count_in`."""
    batch(COUNT_USE, [now, [channel_id], [0], [texts], [segments]])


def count_back(*, channel_id: int, segments: int, now: datetime) -> None:
    """Takes a text out of the count again that was queued at `now` and never left; otherwise as `count_in`."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_BACK, {"channel": channel_id, "segments": segments, "now": now})


def shards_to_route() -> list[int]:
    """Shards whose journal has something to handle."""
    return [shard for (shard,) in batch(SHARDS_TO_ROUTE, [])]


def first_pending(shards: list[int]) -> dict[int, int]:
    """The next event of each of these shards; those that have none are absent."""
    return dict(batch(FIRST_PENDING, [shards]))


def hold_back(moments: Mapping[int, datetime]) -> None:
    """Lets nothing leave from each channel before its moment."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_BACK, [list(moments), list(moments), list(moments.values())])


def book(moments: dict[int, datetime]) -> bool:
    """Writes when each channel will have earned the segments sent so far; whether all of them are still in use."""
    with connection.cursor() as cursor:
        cursor.execute(BOOK, [list(moments), list(moments), list(moments.values())])
        return bool(cursor.rowcount == len(moments))


def lock_check(provider_id: int) -> bool:
    """Whether nobody else checks the provider's account; then nobody else may until `unlock_check`.

    It is the connection's, not a transaction's, and goes with it where the process dies.
    """
    return _answer(LOCK_CHECK, provider_id)


def unlock_check(provider_id: int) -> None:
    """Lets others check the account."""
    _answer(UNLOCK_CHECK, provider_id)


def _answer(statement: str, provider_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [CHECK_LOCKS, provider_id % 2**31])
        return bool(cursor.fetchone()[0])
