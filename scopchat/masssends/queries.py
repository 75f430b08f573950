"""Set-based statements of mass sends; each says the indexes it needs."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from scopchat.contacts import queries as contacts
from scopchat.masssends.models import SendState
from scopchat.optouts import queries as optouts

FRAGMENTS = {
    "contacts": contacts.MERGED,
    "on_lists": contacts.ON_LISTS,
    "labelled": contacts.LABELLED,
    "opted_out": optouts.LEFT,
}
"""What statements in `sql/` take from other domains."""

DUE = f"""
SELECT channel_id FROM masssends_masssend s
WHERE s.state = '{SendState.SENDING.value}' AND (s.starts_at IS NULL OR s.starts_at <= {{now}}) AND (
    s.position < s.last_id OR EXISTS (
        SELECT FROM masssends_recipient r WHERE r.mass_send_id = s.id AND r.state = 1 AND r.not_before <= {{now}}))
"""  # noqa: S608  no value in it
"""Channels with a send whose turn has come; `{now}` is an expression of the statement around it. Indexes
`mass_send_under_way`, `recipient_put_off`."""

PAUSE = f"""
UPDATE masssends_masssend SET state = '{SendState.PAUSED.value}', cause = %b
WHERE state = '{SendState.SENDING.value}' RETURNING id
"""  # noqa: S608  no value in it; index mass_send_under_way

SORT_IN_MEMORY = "SELECT set_config('work_mem', '128MB', true)"
"""A million numbers without a file, until the transaction ends."""

BEGINNINGS = """
SELECT left(number, %b), length(number), count(*) FROM masssends_recipient
WHERE id BETWEEN %b AND %b AND mass_send_id = %b AND state = %b GROUP BY 1, 2
"""  # primary key

FORGET = "DELETE FROM masssends_recipient WHERE id BETWEEN %b AND %b AND mass_send_id = %b RETURNING 1"  # primary key

SETTLE = """
UPDATE masssends_recipient r SET state = n.state, not_before = n.not_before, message_id = n.message_id
FROM unnest(%b::bigint[], %b::smallint[], %b::timestamptz[], %b::bigint[]) AS n (id, state, not_before, message_id)
WHERE r.id = n.id
RETURNING r.id
"""  # primary key

COUNT = """
UPDATE masssends_masssend s SET
    sent = s.sent + n.sent, delivered = s.delivered + n.delivered, failed = s.failed + n.failed,
    unknown = s.unknown + n.unknown
FROM unnest(%b::bigint[], %b::int[], %b::int[], %b::int[], %b::int[]) AS n (id, sent, delivered, failed, unknown)
WHERE s.id = n.id
RETURNING s.id
"""  # primary key


@cache
def statement(name: str) -> str:
    """The text of `sql/<name>.sql`, with `{{ fragment }}` filled in."""
    text = (Path(__file__).parent / "sql" / f"{name}.sql").read_text()
    return re.sub(r"{{ (\w+) }}", lambda found: FRAGMENTS[found[1]], text)
