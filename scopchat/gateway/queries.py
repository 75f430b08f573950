"""Leases, and which copy of the installation this is."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

from scopchat.channels.queries import IN_USE
from scopchat.channels.shards import SHARDS
from scopchat.common.queries import batch
from scopchat.interactions.queries import DUE
from scopchat.masssends import queries as mass_sends

SHARDS_TO_SEND = f"""
SELECT shard FROM (
SELECT DISTINCT c.shard FROM ({IN_USE}) c WHERE EXISTS ({DUE.format(channel="c.id", now="%(now)s")})
UNION
SELECT c.shard FROM ({IN_USE}) c JOIN ({mass_sends.DUE.format(now="%(now)s")}) mass ON mass.channel_id = c.id
UNION
SELECT shard FROM gateway_shardlease WHERE work = 'send' AND claimed_at < %(now)s - interval '20 seconds'
) due WHERE NOT EXISTS (SELECT 1 FROM gateway_installation WHERE sending_held_at IS NOT NULL)
"""  # noqa: S608  no value in it

SHARD_LOCKS = 1
"""Tells the locks of shards from others of the database."""

ONE_AT_A_TIME = """
SELECT pg_advisory_xact_lock(%s, shard) FROM unnest(%b::int[]) AS shard
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


def one_at_a_time(*shards: int) -> None:
    """Waits until no other transaction on the shards has said the same, and keeps others waiting until this one ends.

    In the order of the shards, as everybody does who asks for several.
    """
    batch(ONE_AT_A_TIME, [SHARD_LOCKS, sorted(shards)])


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


def shards_to_send(now: datetime) -> list[int]:
    """Shards with a text that may go, or one that a dead run left claimed."""
    with connection.cursor() as cursor:
        cursor.execute(SHARDS_TO_SEND, {"now": now})
        return [shard for (shard,) in cursor.fetchall()]
