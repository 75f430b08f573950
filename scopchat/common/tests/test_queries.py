"""Statements over a batch are statements like others to whoever listens, and cost nothing more where nobody does."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from scopchat.common.queries import batch

pytestmark = pytest.mark.django_db
DOUBLED = "SELECT n * 2 FROM unnest(%b::int[]) AS asked (n)"
NAMED = "SELECT n * 2 FROM unnest(%(numbers)b::int[]) AS asked (n)"


def test_it_binds_arrays() -> None:
    assert batch(DOUBLED, [[1, 2]]) == [(2,), (4,)]
    assert batch(NAMED, {"numbers": [3]}) == [(6,)]


def test_execute_wrappers_hear_it() -> None:
    heard: list[Any] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        heard.append((sql, params, many))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        assert batch(NAMED, {"numbers": [1, 2]}) == [(2,), (4,)]
    assert heard == [(NAMED, {"numbers": [1, 2]}, False)]


@pytest.mark.parametrize(("statement", "parameters"), [(DOUBLED, [[21]]), (NAMED, {"numbers": [21]})])
def test_the_query_log_has_it(statement: str, parameters: Any) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert batch(statement, parameters) == [(42,)]
    assert [query["sql"] for query in captured] == ["SELECT n * 2 FROM unnest($1::int[]) AS asked (n)"]


def test_errors_are_djangos() -> None:
    with pytest.raises(DataError):
        batch("SELECT 1 / n FROM unnest(%b::int[]) AS asked (n)", [[0]])


def test_nothing_stands_between_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.ensure_connection()
    monkeypatch.setattr(connection, "make_cursor", lambda _cursor: pytest.fail("wrapped for nobody"))
    monkeypatch.setattr(psycopg.ClientCursor, "execute", lambda *_: pytest.fail("bound by the client"))
    assert batch(DOUBLED, [[1]]) == [(2,)]
