"""The sweep's statements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

from scopchat.channels.shards import SHARDS
from scopchat.common.queries import batch

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

SHARDS_TO_SEND = """
SELECT shard FROM (
SELECT DISTINCT c.shard FROM channels_channel c
JOIN channels_provider p ON p.id = c.provider_id
JOIN tenancy_company owner ON owner.id = c.company_id
WHERE c.is_active AND p.is_active AND owner.is_active AND EXISTS (
    SELECT 1 FROM interactions_outboxentry o
    WHERE o.channel_id = c.id AND o.unknown_at IS NULL AND o.claim IS NULL
      AND (o.not_before IS NULL OR o.not_before <= %(now)s)
)
UNION
SELECT shard FROM gateway_shardlease WHERE work = 'send' AND claimed_at < %(now)s - interval '20 seconds'
) due WHERE NOT EXISTS (SELECT 1 FROM gateway_installation WHERE sending_held_at IS NOT NULL)
"""  # index outbox_next

PENDING = """
SELECT e.id, p.kind, e.provider_id, e.event, e.method, e.url, e.headers, e.body, e.received_at
FROM (SELECT event_id FROM channels_pendingevent WHERE shard = %s ORDER BY event_id LIMIT %s) pending
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
DELETE FROM channels_pendingevent WHERE shard = %s AND event_id = ANY(%s) RETURNING event_id
"""

SET_STATE = """
UPDATE channels_inboundevent e
SET state = now.state, carrier_id = now.carrier_id, address = now.address, error = now.error
FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[])
     AS now (id, state, carrier_id, address, error)
WHERE e.id = now.id
RETURNING e.id
"""

SHARD_LOCKS = 1
"""Tells the locks of shards from others of the database."""

ONE_AT_A_TIME = """
SELECT pg_advisory_xact_lock(%s, %s)
"""

THIS_DATABASE = """
SELECT concat_ws('.', (SELECT system_identifier FROM pg_control_system()),
                 (SELECT oid FROM pg_database WHERE datname = current_database()))
"""

PLACE = """concat_ws('.', %s::text, left(pg_walfile_name(pg_current_wal_lsn()), 8),
    'gateway_installation'::regclass::oid)"""
"""Which database this is: of which server and under which number there (both are asked once for each connection), on
which time line (a new one begins where a replica is promoted or an archive is replayed to some point), and with which
table: whatever is restored from a dump has another one."""

WHERE_WE_ARE = f"""
SELECT place = {PLACE}, sending_held_at FROM gateway_installation
"""  # noqa: S608  no value in it; one row

HOLD_SENDING = f"""
INSERT INTO gateway_installation AS known (id, place, sending_held_at) VALUES (1, {PLACE}, %s)
ON CONFLICT (id) DO UPDATE SET place = excluded.place, sending_held_at = excluded.sending_held_at
WHERE known.place <> excluded.place
RETURNING id
"""  # noqa: S608  no value in it; primary key

RESUME_SENDING = """
UPDATE gateway_installation SET sending_held_at = NULL RETURNING id
"""

EVERY_SHARD = f"""
SELECT pg_advisory_xact_lock(%s, shard) FROM generate_series(0, {SHARDS - 1}) AS shard
"""  # noqa: S608  no value in it

TAKE_LEASE = f"""
INSERT INTO gateway_shardlease AS lease (work, shard, epoch) VALUES (%s, %s, 1)
ON CONFLICT (work, shard) DO UPDATE SET epoch = lease.epoch + 1
RETURNING epoch, claimed_at IS NOT NULL,
    EXISTS (SELECT 1 FROM gateway_installation WHERE place = {PLACE} AND sending_held_at IS NULL)
"""  # noqa: S608  no value in it

HOLD_LEASE = """
SELECT epoch FROM gateway_shardlease WHERE work = %s AND shard = %s AND epoch = %s FOR UPDATE
"""

NOTE_CLAIMS = """
UPDATE gateway_shardlease SET claimed_at = %s WHERE work = %s AND shard = %s AND epoch = %s RETURNING epoch
"""

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


def first_pending(shards: list[int]) -> dict[int, int]:
    """The next event of each of these shards; those that have none are absent."""
    return dict(batch(FIRST_PENDING, [shards]))


def one_at_a_time(shard: int) -> None:
    """Waits until no other transaction on the shard has said the same, and keeps others waiting until this one ends."""
    batch(ONE_AT_A_TIME, [SHARD_LOCKS, shard])


def every_shard() -> None:
    """The same for all shards together, in their order."""
    batch(EVERY_SHARD, [SHARD_LOCKS])


_known: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
"""`this_database` of each connection that is open."""


def this_database() -> str:
    """What stays the same of a database's place as long as the connection does."""
    connection.ensure_connection()
    found = _known.get(connection.connection)
    if found is None:
        ((found,),) = batch(THIS_DATABASE, [])
        _known[connection.connection] = found
    return found


def take_lease(work: str, shard: int) -> tuple[int, bool, bool]:
    """The number of a run that begins, whether an earlier one left claims behind, and whether it may send."""
    ((epoch, left_behind, may_send),) = batch(TAKE_LEASE, [work, shard, this_database()])
    return epoch, left_behind, may_send


def where_we_are() -> tuple[bool, datetime | None]:
    """Whether this is the database that the installation knows, and since when sending is held."""
    found = batch(WHERE_WE_ARE, [this_database()])
    here, held_at = found[0] if found else (False, None)
    return here, held_at


def hold_sending(now: datetime) -> bool:
    """Holds sending on a database that the installation does not know, and makes it known; False where it is known."""
    return bool(batch(HOLD_SENDING, [this_database(), now]))


def resume_sending() -> None:
    """Lets this database send."""
    batch(RESUME_SENDING, [])


def hold_back(moments: Mapping[int, datetime]) -> None:
    """Lets nothing leave from each channel before its moment."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_BACK, [list(moments), list(moments), list(moments.values())])


def book(moments: dict[int, datetime]) -> bool:
    """Writes when each channel will have earned the segments sent so far; whether all of them are still in use."""
    with connection.cursor() as cursor:
        cursor.execute(BOOK, [list(moments), list(moments), list(moments.values())])
        return bool(cursor.rowcount == len(moments))
