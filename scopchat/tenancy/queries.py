"""Counting segments: every text that a company sends passes here, so that it is one statement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from scopchat.tenancy.models import Company

_LINEAGE = ", ".join(f"left(c.path, {depth * Company.steplen})" for depth in range(1, 6))


def _nearest(limit: str) -> str:
    """The nearest company, from the one that books upwards, that has this limit."""
    return f"""(
    SELECT ARRAY[above.id, above.pool_version]
    FROM tenancy_company c JOIN tenancy_company above ON above.path IN ({_LINEAGE})
    WHERE c.id = %(company)s AND above.{limit} IS NOT NULL ORDER BY above.depth DESC LIMIT 1
)"""  # noqa: S608  no value in it


WORKING = "SELECT id FROM tenancy_company WHERE is_active"
PLACES = "SELECT id, country, time_zone FROM tenancy_company"
"""What other domains' statements read of companies, by primary key."""

BOOK = f"""
INSERT INTO tenancy_segmentuse AS used (company_id, day, segments)
SELECT c.id, (%(now)s AT TIME ZONE c.time_zone)::date, %(segments)s FROM tenancy_company c WHERE c.id = %(company)s
ON CONFLICT (company_id, day) DO UPDATE SET segments = used.segments + excluded.segments
RETURNING used.day, {_nearest("max_segments_day")}, {_nearest("max_segments_month")}
"""  # noqa: S608  no value in it; unique indexes segment_use_once and of tenancy_company.path

GIVE_BACK = f"""
UPDATE tenancy_segmentuse used SET segments = used.segments - %(segments)s
FROM tenancy_company c
WHERE c.id = %(company)s AND used.company_id = c.id AND used.day = (%(now)s AT TIME ZONE c.time_zone)::date
  AND used.segments >= %(segments)s
RETURNING used.day, {_nearest("max_segments_day")}, {_nearest("max_segments_month")}
"""  # noqa: S608  no value in it; unique indexes segment_use_once and of tenancy_company.path

DRAW = """
UPDATE tenancy_segmentpool SET used = used + %(segments)s
WHERE company_id = %(company)s AND resource = %(resource)s AND begins = %(begins)s AND version = %(version)s
  AND used + %(segments)s <= capacity
RETURNING used
"""  # unique index segment_pool_once


POUR_BACK = """
UPDATE tenancy_segmentpool SET used = GREATEST(0, used - %(segments)s)
WHERE company_id = %(company)s AND resource = %(resource)s AND begins = %(begins)s AND version = %(version)s
"""  # unique index segment_pool_once


type Head = tuple[int, int]
"""A company whose limit makes a pool, and which version of its pools counts."""


def book(*, company_id: int, segments: int, now: datetime) -> tuple[date, Head | None, Head | None]:
    """Adds to the company's own day; returns that day, and whose limits on segments a day and a month it draws from."""
    with connection.cursor() as cursor:
        cursor.execute(BOOK, {"company": company_id, "segments": segments, "now": now})
        ((day, of_day, of_month),) = cursor.fetchall()
    return day, of_day, of_month


def give_back(*, company_id: int, segments: int, now: datetime) -> tuple[date, Head | None, Head | None] | None:
    """Takes from the company's own day what it had booked then, and returns what `book` did; None where it had not."""
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, {"company": company_id, "segments": segments, "now": now})
        found = cursor.fetchone()
    return (found[0], found[1], found[2]) if found else None


def pour_back(*, head: Head, resource: str, begins: date, segments: int) -> None:
    """Puts segments into the pool again, if it is still there."""
    company, version = head
    asked: dict[str, Any] = {
        "company": company, "version": version, "resource": resource, "begins": begins, "segments": segments,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(POUR_BACK, asked)


def draw(*, head: Head, resource: str, begins: date, segments: int) -> bool:
    """Takes segments from the pool, whose row is the caller's until the end; False where it has not so many."""
    company, version = head
    asked: dict[str, Any] = {
        "company": company, "version": version, "resource": resource, "begins": begins, "segments": segments,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(DRAW, asked)
        return bool(cursor.rowcount == 1)
