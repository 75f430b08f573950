"""Statements that the ORM has no words for."""

from __future__ import annotations

from collections.abc import Collection

from scopchat.common.queries import batch

DISTRIBUTION_LOCKS = 3
"""Tells these locks from others of the database (`gateway.queries`, `channels.queries`)."""
ONE_AT_A_TIME = """
SELECT pg_advisory_xact_lock(%s, %s)
"""

REPLYING = """
SELECT 1 FROM automation_fallback WHERE company_id = ANY(%s) AND (closed_reply <> '' OR nobody_reply <> '') LIMIT 1
"""


def any_replying(companies: Collection[int]) -> bool:
    """Whether one of these companies answers who writes. Asked for every batch of texts: few have it."""
    return bool(batch(REPLYING, [list(companies)]))


def one_at_a_time(company_id: int) -> None:
    """Waits until no other transaction distributes in the company, and lets none until this one has ended."""
    batch(ONE_AT_A_TIME, [DISTRIBUTION_LOCKS, company_id % 2**31])
