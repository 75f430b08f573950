"""The fixed cast of all tests: the demo's own people, with an outsider."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg import sql

from scopchat.ops import demo

Cast = demo.Cast
PASSWORD = "correct-horse-battery"


def make_cast() -> Cast:
    """The whole cast in an empty database; no scope is active afterwards."""
    return demo.create(password=PASSWORD)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """The cast as it was made once: its objects, and the rows that came with it, by table."""

    objects: bytes
    rows: dict[str, bytes]

    def again(self) -> Cast:
        """The same cast in a database that is as empty as that of the rehearsal was."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in self.rows.items():
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                    copy.write(rows)
        cast: Cast = pickle.loads(self.objects)  # noqa: S301
        return cast


def rehearse() -> Rehearsed:
    """Makes the cast and takes it away again; what numbers it used are not given out a second time."""
    with transaction.atomic():
        before = _rows()
        objects = pickle.dumps(make_cast())
        after = _rows()
        transaction.set_rollback(True)
    assert all(after[table].startswith(rows) for table, rows in before.items())
    return Rehearsed(
        objects, {table: rows[len(before[table]) :] for table, rows in after.items() if rows != before[table]}
    )


def _rows() -> dict[str, bytes]:
    """Every row of every table, as `COPY` writes it."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        for (table,) in cursor.fetchall():
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                found[table] = b"".join(copy)
    return found
