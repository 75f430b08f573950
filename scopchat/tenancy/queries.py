"""Counting segments: every text that a company sends passes here, so that it is one statement."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

from scopchat.tenancy.models import Company

_ANCESTORS = ", ".join(f"left(c.path, {depth * Company.steplen})" for depth in range(1, 6))

BOOK = f"""
INSERT INTO tenancy_segmentuse AS used (company_id, day, segments)
SELECT c.id, (%(now)s AT TIME ZONE c.time_zone)::date, %(segments)s FROM tenancy_company c WHERE c.id = %(company)s
ON CONFLICT (company_id, day) DO UPDATE SET segments = used.segments + excluded.segments
RETURNING used.day, EXISTS (
    SELECT 1 FROM tenancy_company c JOIN tenancy_company above ON above.path IN ({_ANCESTORS})
    WHERE c.id = %(company)s AND (above.max_segments_day IS NOT NULL OR above.max_segments_month IS NOT NULL)
)
"""  # noqa: S608  no value in it; unique indexes segment_use_once and of tenancy_company.path


def book(*, company_id: int, segments: int, now: datetime) -> tuple[date, bool]:
    """Adds to the company's own day; returns that day, and whether any limit on segments concerns the company."""
    with connection.cursor() as cursor:
        cursor.execute(BOOK, {"company": company_id, "segments": segments, "now": now})
        ((day, limited),) = cursor.fetchall()
    return day, limited
