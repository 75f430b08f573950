"""Statements over the opt-outs of a whole batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scopchat.common.queries import batch, columns

type Pair = tuple[int, str]
"""A channel and a number."""

ENTER = """
INSERT INTO optouts_optout AS o (company_id, channel_id, number, since, blocked_at, origin)
SELECT company_id, channel_id, number, since, blocked_at, origin
FROM unnest(%b::bigint[], %b::bigint[], %b::text[], %b::timestamptz[], %b::timestamptz[], %b::text[])
     AS entered (company_id, channel_id, number, since, blocked_at, origin)
ORDER BY channel_id, number
ON CONFLICT (channel_id, number) DO UPDATE SET
    blocked_at = COALESCE(o.blocked_at, excluded.blocked_at),
    origin = CASE excluded.origin WHEN 'texted' THEN 'texted' ELSE o.origin END
    WHERE (o.blocked_at IS NULL AND excluded.blocked_at IS NOT NULL)
       OR (o.origin <> 'texted' AND excluded.origin = 'texted')
RETURNING o.channel_id, o.number, xmax = 0
"""  # unique index optout_once

REMOVE = """
DELETE FROM optouts_optout o
USING unnest(%b::bigint[], %b::text[]) AS returned (channel_id, number)
WHERE o.channel_id = returned.channel_id AND o.number = returned.number
RETURNING o.channel_id, o.number
"""  # unique index optout_once


LEFT = "SELECT channel_id, number FROM optouts_optout"
"""For other domains' statements: index `optout_once`."""


def enter(records: Sequence[tuple[int, int, str, datetime, datetime | None, str]]) -> dict[Pair, bool]:
    """Enters opt-outs: company, channel, number, since when, since when blocked, origin; each channel and number once.

    Returns those that are new (True), and those that were there and are blocked, or texted, from now on (False).
    """
    return {(channel, number): new for channel, number, new in batch(ENTER, columns(records, 6))}


def remove(pairs: Sequence[Pair]) -> set[Pair]:
    """Ends opt-outs; returns those that there were."""
    return set(batch(REMOVE, columns(pairs, 2)))
