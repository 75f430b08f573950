"""Statements that come once for a whole batch of texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from scopchat.common.queries import batch

COUNT_USE = """
INSERT INTO channels_loanuse AS used (company_id, loan_id, day, texts_in, texts_out, segments)
SELECT l.company_id, l.id, (%s AT TIME ZONE b.time_zone)::date, sum(n.texts_in), sum(n.texts_out), sum(n.segments)
FROM unnest(%b::bigint[], %b::int[], %b::int[], %b::int[]) AS n (channel_id, texts_in, texts_out, segments)
JOIN channels_channel c ON c.id = n.channel_id
JOIN channels_loan l ON l.id = c.loan_id
JOIN tenancy_company b ON b.id = l.borrower_id
GROUP BY l.id, b.id
ORDER BY l.id
ON CONFLICT (loan_id, day) DO UPDATE SET
    texts_in = used.texts_in + excluded.texts_in,
    texts_out = used.texts_out + excluded.texts_out,
    segments = used.segments + excluded.segments
RETURNING loan_id
"""  # primary keys, unique index loan_use_once

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


def count_out(*, channel_id: int, segments: int, now: datetime) -> None:
    """Adds a text that was queued; otherwise as `count_in`."""
    batch(COUNT_USE, [now, [channel_id], [0], [1], [segments]])
