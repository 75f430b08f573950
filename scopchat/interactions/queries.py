"""Set-based statements of the message path; each says the index it needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

from scopchat.accounts import queries as accounts
from scopchat.channels import queries as channels
from scopchat.channels.queries import CHANNELS_OF, SHARDS_OF
from scopchat.contacts import queries as contacts
from scopchat.interactions.visibility import SEEN
from scopchat.optouts import queries as optouts
from scopchat.queues import queries as queues
from scopchat.queues.queries import QUEUES_OF
from scopchat.tenancy import queries as tenancy

DUE = """
SELECT FROM interactions_outboxentry o
WHERE o.channel_id = {channel} AND o.unknown_at IS NULL AND o.claim IS NULL
  AND (o.not_before IS NULL OR o.not_before <= {now})
"""
"""Texts of a channel that may go; `{channel}` and `{now}` are expressions of the statement around it. Index
`outbox_next`."""

UNDER_WAY_WITH = """
SELECT id FROM interactions_interaction
WHERE company_id = %b AND customer = ANY(%b::text[]) AND status <> 'closed'
"""  # index interaction_number_begins

MEMBERSHIPS = f"""
SELECT ARRAY({CHANNELS_OF.format(person="%(person)s")}), ARRAY({QUEUES_OF.format(person="%(person)s")})
"""

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
    wake_at = NULL,
    last_activity_at = excluded.last_activity_at,
    changed_at = excluded.changed_at
RETURNING i.id, i.company_id, i.channel_id, i.customer, i.queue_id, i.assignee_id
"""  # unique index interaction_one_open

UNDER_WAY = """
SELECT i.channel_id, i.customer
FROM unnest(%b::bigint[], %b::text[]) AS asked (channel_id, customer)
JOIN interactions_interaction i ON i.channel_id = asked.channel_id AND i.customer = asked.customer
    AND NOT (i.status = 'closed')
"""  # unique index interaction_one_open

CLOSED_INTERACTIONS = """
INSERT INTO interactions_interaction AS i (
    company_id, channel_id, customer, queue_id, status, unread, preview, preview_is_ours,
    last_activity_at, changed_at, opened_at, closed_at)
SELECT company_id, channel_id, customer, queue_id, 'closed', 0, preview, false, last_at, %s, first_at, last_at
FROM unnest(%b::bigint[], %b::bigint[], %b::text[], %b::bigint[], %b::int[], %b::text[],
            %b::timestamptz[], %b::timestamptz[])
     AS arrived (company_id, channel_id, customer, queue_id, texts, preview, first_at, last_at)
RETURNING i.id, i.company_id, i.channel_id, i.customer, i.queue_id, i.assignee_id
"""

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
SELECT asked.place, m.id, m.status, m.early, m.interaction_id
FROM unnest(%b::bigint[], %b::text[], %b::bigint[], %b::int[]) WITH ORDINALITY
     AS asked (channel_id, carrier_id, message_id, attempt, place)
CROSS JOIN LATERAL (
    SELECT m.id, m.status, false AS early, m.interaction_id FROM interactions_message m
    WHERE m.channel_id = asked.channel_id AND m.carrier_id = asked.carrier_id
    UNION ALL
    SELECT m.id, m.status, true, m.interaction_id FROM interactions_outboxentry o
    JOIN interactions_message m ON m.id = o.message_id
    WHERE o.message_id = asked.message_id AND o.channel_id = asked.channel_id AND o.attempts = asked.attempt
      AND o.claim IS NOT NULL
) m
ORDER BY asked.place
"""  # message_carrier_once, primary keys

CHANNELS_OF_REPORTED = f"""
SELECT asked.place, found.channel_id, found.shard
FROM unnest(%b::bigint[], %b::text[], %b::bigint[]) WITH ORDINALITY
     AS asked (provider_id, carrier_id, message_id, place)
CROSS JOIN LATERAL (
    SELECT c.id AS channel_id, c.shard FROM interactions_message m
    JOIN ({SHARDS_OF}) c ON c.id = m.channel_id AND c.provider_id = asked.provider_id
    WHERE m.id = asked.message_id
    UNION ALL
    SELECT c.id, c.shard FROM ({SHARDS_OF}) c
    JOIN interactions_message m ON m.channel_id = c.id AND m.carrier_id = asked.carrier_id
    WHERE c.provider_id = asked.provider_id AND asked.message_id IS NULL
) found
"""  # noqa: S608  no value in it; primary key, channel_of_address, message_carrier_once

MASS_SENDS_OF = """
SELECT id, mass_send_id FROM interactions_message WHERE id = ANY(%b::bigint[]) AND mass_send_id IS NOT NULL
"""  # primary key

PUT_OFF = """
UPDATE interactions_outboxentry o SET not_before = n.until
FROM unnest(%b::bigint[], %b::timestamptz[]) AS n (id, until)
WHERE o.message_id = n.id AND o.claim IS NULL
RETURNING o.message_id
"""  # primary key

FAIL_LEFT = """
WITH over AS (
    DELETE FROM interactions_outboxentry o
    WHERE o.message_id = ANY(%b::bigint[]) AND o.claim IS NULL AND o.unknown_at IS NULL
    RETURNING o.message_id, o.attempts
)
UPDATE interactions_message m SET status = 'failed', reason = 'left', attempts = over.attempts
FROM over WHERE m.id = over.message_id
RETURNING m.id, m.status, m.company_id, m.channel_id, NULL, NULL, NULL
"""  # primary keys

RECIPIENTS = """
SELECT m.id, m.company_id, m.channel_id, COALESCE(i.customer, m.customer)
FROM interactions_message m LEFT JOIN interactions_interaction i ON i.id = m.interaction_id
WHERE m.id = ANY(%b)
"""  # primary keys

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
FROM unnest(%b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::timestamptz[])
     AS r (id, interaction_id, status, carrier_id, reason, error_code, at)
LEFT JOIN over ON over.message_id = r.id
LEFT JOIN interactions_interaction i ON i.id = r.interaction_id
WHERE m.id = r.id
  AND array_position(ARRAY['queued', 'unknown', 'sent', 'delivered'], m.status::text)
      < array_position(ARRAY['queued', 'unknown', 'sent', 'delivered'],
                       CASE r.status WHEN 'failed' THEN 'delivered' ELSE r.status END)
RETURNING m.id, m.status, m.company_id, m.channel_id, i.id, i.queue_id, i.assignee_id
"""  # the same rungs as status.RUNG, compared again under the row's lock


FRAGMENTS = {
    "channel_names": channels.NAMES,
    "contacts": contacts.NAMES,
    "opted_out": optouts.LEFT,
    "queue_names": queues.NAMES,
    "queues": queues.IN_USE,
    "people": accounts.NAMES,
    "companies": tenancy.PLACES,
    "own_channels": CHANNELS_OF.format(person="%(person)s"),
    "own_queues": QUEUES_OF.format(person="%(person)s"),
    "whose_queues": QUEUES_OF.format(person="who.person"),
    "seen_by_who": SEEN.format(
        channels=CHANNELS_OF.format(person="who.person"), queues=QUEUES_OF.format(person="who.person")
    ),
}
"""What statements in `sql/` take from other domains, and from the rule of who sees what."""


@cache
def statement(name: str) -> str:
    """The text of `sql/<name>.sql`, with `{{ fragment }}` filled in."""
    text = (Path(__file__).parent / "sql" / f"{name}.sql").read_text()
    return re.sub(r"{{ (\w+) }}", lambda found: FRAGMENTS[found[1]], text)


def rows(name: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of the statement in `sql/<name>.sql`, for a page."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def memberships(person_id: int) -> tuple[list[int], list[int]]:
    """Ids of the person's channels and queues, all of their own company."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERSHIPS, {"person": person_id})
        ((channel_ids, queue_ids),) = cursor.fetchall()
    return channel_ids, queue_ids
