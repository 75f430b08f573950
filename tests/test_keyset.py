"""Pages by where the one before ended: every row once, whatever lies at the borders; nonsense is no cursor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.http import Http404, QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scopchat.audit.models import Entry
from scopchat.common.keyset import Cursor, micros, moment, pages_of
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 14, 0, 0, 123456, tzinfo=UTC)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seconds=st.lists(st.integers(0, 3), max_size=12), size=st.integers(1, 5))
def test_every_row_is_on_one_page_in_order(cast: Cast, seconds: list[int], size: int) -> None:
    verb, company = (
        str(uuid4()),
        {"company_id": cast.client.pk, "company_path": cast.client.path, "company_name": cast.client.name},
    )
    Entry.objects.bulk_create(Entry(at=NOW + timedelta(seconds=second), verb=verb, **company) for second in seconds)
    found = Entry.objects.filter(verb=verb)
    pages = list(pages_of(found, by="at", size=size))
    rows = [entry.pk for page in pages for entry in page]
    assert rows == list(found.order_by("-at", "-id").values_list("pk", flat=True))
    assert len(rows) == len(seconds)
    assert all(len(page) == size for page in pages[:-1])


def test_a_moment_is_kept_to_the_microsecond() -> None:
    assert moment(micros(NOW)) == NOW
    cursor = Cursor(NOW - timedelta(microseconds=1), 7)
    assert Cursor.read(str(cursor)) == cursor
    assert Cursor.asked(QueryDict(f"after={cursor}")) == cursor
    assert Cursor.asked(QueryDict("")) is None


@pytest.mark.parametrize("text", ["x", "1", "1.2.3", "1.-1", "1.9223372036854775808", "9" * 40 + ".1", "1.x", "٣"])
def test_nonsense_is_no_cursor(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Cursor.read(text)
    with pytest.raises(Http404):
        Cursor.asked(QueryDict(f"after={text}"))
