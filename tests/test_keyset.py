"""Pages by where the one before ended: every row once, whatever lies at the borders; nonsense is no cursor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.http import Http404, QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scopchat.audit.models import Entry
from scopchat.common.folding import fold
from scopchat.common.keyset import Cursor, SearchCursor, micros, moment, page_by_search, pages_of
from scopchat.tenancy.models import Company
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


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(["a", "a b", "A", "É", "e\\", 'é"']), max_size=8), size=st.integers(1, 4))
def test_every_name_is_on_one_page_in_order(cast: Cast, names: list[str], size: int) -> None:
    kind = {"kind": "client", "depth": 6}
    Company.objects.filter(depth=6).delete()
    Company.objects.bulk_create(
        Company(name=name, path=f"{cast.client.path}{place:04}", **kind) for place, name in enumerate(names, 1)
    )
    found, rows, after = Company.objects.filter(depth=6), [], None
    while True:
        page = page_by_search(found, after, size=size)
        rows += page.rows
        if not page.next_cursor:
            break
        after = SearchCursor.asked(QueryDict(f"after={page.next_cursor}"))
    assert rows == sorted(found, key=lambda company: (fold(company.name), company.pk))


@pytest.mark.parametrize("text", ["x", "1", "é", "LTEuYQ", "eC5h", "MS5hAGI", "OTIyMzM3MjAzNjg1NDc3NTgwOC5h"])
def test_what_is_no_place_among_names_is_not_found(text: str) -> None:
    """Neither base64, nor a number and a dot before the text, nor without NUL, nor an id that a row could have."""
    with pytest.raises(Http404):
        SearchCursor.asked(QueryDict(f"after={text}"))
