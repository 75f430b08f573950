"""Statements that the ORM has no words for."""

from __future__ import annotations

from scopchat.common.queries import batch

DISTRIBUTION_LOCKS = 3
"""Tells these locks from others of the database (`gateway.queries`, `channels.queries`)."""
ONE_AT_A_TIME = """
SELECT pg_advisory_xact_lock(%s, %s)
"""


def one_at_a_time(company_id: int) -> None:
    """Waits until no other transaction distributes in the company, and lets none until this one has ended."""
    batch(ONE_AT_A_TIME, [DISTRIBUTION_LOCKS, company_id % 2**31])
