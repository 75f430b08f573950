"""Set-based statements of the message path; each says the index it needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

OPEN_INTERACTIONS = """
INSERT INTO interactions_interaction AS i (
    company_id, channel_id, customer, queue_id, status, unread, preview, preview_is_ours,
    waiting_since, last_activity_at, changed_at, opened_at)
SELECT company_id, channel_id, customer, queue_id, 'waiting', unread, preview, false, first_at, last_at, %s, first_at
FROM unnest(%b::bigint[], %b::bigint[], %b::text[], %b::bigint[], %b::int[], %b::text[],
            %b::timestamptz[], %b::timestamptz[])
     AS arrived (company_id, channel_id, customer, queue_id, unread, preview, first_at, last_at)
ON CONFLICT (channel_id, customer) WHERE NOT (status = 'closed') DO UPDATE SET
    status = 'waiting',
    unread = i.unread + excluded.unread,
    preview = excluded.preview,
    preview_is_ours = false,
    waiting_since = COALESCE(i.waiting_since, excluded.waiting_since),
    last_activity_at = excluded.last_activity_at,
    changed_at = excluded.changed_at
RETURNING i.id, i.company_id, i.channel_id, i.customer, i.queue_id, i.assignee_id
"""  # unique index interaction_one_open

STORE_ARRIVALS = """
INSERT INTO interactions_message (
    company_id, channel_id, interaction_id, direction, text, segments, status, reason, error_code, error_detail,
    carrier_id, created_at, attempts)
SELECT company_id, channel_id, interaction_id, 'in', text, segments, 'received', '', '', '', carrier_id, created_at, 0
FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::text[], %b::int[], %b::text[], %b::timestamptz[])
     WITH ORDINALITY
     AS arrived (company_id, channel_id, interaction_id, text, segments, carrier_id, created_at, place)
ORDER BY place
RETURNING id, channel_id, carrier_id
"""

KNOWN_CARRIER_IDS = """
SELECT m.channel_id, m.carrier_id
FROM unnest(%b::bigint[], %b::text[]) AS asked (channel_id, carrier_id)
JOIN interactions_message m ON m.channel_id = asked.channel_id AND m.carrier_id = asked.carrier_id
"""  # unique index message_carrier_once

REPORTED_MESSAGES = """
SELECT asked.place, m.id, m.status, m.early
FROM unnest(%b::bigint[], %b::text[], %b::bigint[], %b::int[]) WITH ORDINALITY
     AS asked (channel_id, carrier_id, message_id, attempt, place)
CROSS JOIN LATERAL (
    SELECT m.id, m.status, false AS early FROM interactions_message m
    WHERE m.channel_id = asked.channel_id AND m.carrier_id = asked.carrier_id
    UNION ALL
    SELECT m.id, m.status, true FROM interactions_outboxentry o
    JOIN interactions_message m ON m.id = o.message_id
    WHERE o.message_id = asked.message_id AND o.channel_id = asked.channel_id AND o.attempts = asked.attempt
      AND o.claim IS NOT NULL
) m
ORDER BY asked.place
"""  # message_carrier_once, primary keys

RECORD_REPORTS = """
WITH over AS (
    DELETE FROM interactions_outboxentry o WHERE o.message_id = ANY(%b) RETURNING o.message_id, o.attempts
)
UPDATE interactions_message m SET
    status = r.status,
    attempts = COALESCE(over.attempts, m.attempts),
    carrier_id = COALESCE(m.carrier_id, r.carrier_id),
    reason = r.reason,
    error_code = r.error_code,
    sent_at = COALESCE(m.sent_at, r.at),
    delivered_at = CASE WHEN r.status = 'delivered' THEN r.at ELSE m.delivered_at END
FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::timestamptz[])
     AS r (id, status, carrier_id, reason, error_code, at)
LEFT JOIN over ON over.message_id = r.id, interactions_interaction i
WHERE m.id = r.id AND i.id = m.interaction_id
  AND array_position(ARRAY['queued', 'unknown', 'sent', 'delivered'], m.status::text)
      < array_position(ARRAY['queued', 'unknown', 'sent', 'delivered'],
                       CASE r.status WHEN 'failed' THEN 'delivered' ELSE r.status END)
RETURNING i.id, i.company_id, i.channel_id, i.queue_id, i.assignee_id
"""  # the same rungs as status.RUNG, compared again under the row's lock


@cache
def statement(name: str) -> str:
    """The text of `sql/<name>.sql`."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()


def rows(name: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of the statement in `sql/<name>.sql`, for a page."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
