"""Statements over a whole batch, with arrays as parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection


def batch(statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows a statement over a whole batch returns.

    Parameters are bound by the server, arrays in binary form: Django's own cursor writes them into the statement as
    text, which costs more than the statement itself for a batch of hundreds. Whoever listens to Django's statements
    hears this one too.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        found: list[tuple[Any, ...]] = _heard(cursor).execute(statement, parameters).fetchall()
    return found


def _heard(cursor: Any) -> Any:
    """The cursor as Django's execute wrappers and query log listen to it; itself where nobody does."""
    if connection.queries_logged:
        return connection.make_debug_cursor(cursor)
    return connection.make_cursor(cursor) if connection.execute_wrappers else cursor


def columns(records: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Records turned into one list per column, as `unnest` takes them; `width` lists where there are none."""
    return [list(column) for column in zip(*records, strict=True)] if records else [[] for _ in range(width)]
