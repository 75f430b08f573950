"""Several people acting in the same instant, each on a connection of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

from django.db import connection, connections, transaction
from django_scopes import scope

from scopchat.ops.tests.polling import until
from scopchat.tenancy.models import Company

WRITTEN = "interactions_interaction, interactions_message"
WAITING = """
SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = current_database()
  AND (relation = ANY(%s::regclass[]::oid[]) OR locktype IN ('advisory', 'transactionid', 'tuple'))
"""


def at_once(company: Company, *calls: Callable[[], object], written: str = WRITTEN) -> list[object]:
    """What each call returned or raised. All have read what they decide by before the first of them may write.

    `written` are the tables they write to. For tests with a database of their own (`transaction=True`).
    """

    def alone(call: Callable[[], object]) -> object:
        try:
            with scope(company=company):
                return call()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {written} IN SHARE MODE")
            running = [pool.submit(alone, call) for call in calls]

            def all_wait() -> bool:
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(WAITING, [written.split(", ")])
                return bool(cursor.fetchone()[0] == len(calls))

            until(all_wait, what="every call coming to its first write, or to a lock before it")
        return [each.result() for each in running]


def ended_or_held_up(other: Thread) -> None:
    """Waits until what the thread does is done, or waits for an advisory lock."""

    def is_so() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            return not other.is_alive() or bool(cursor.fetchone()[0])

    until(is_so, what="the other to end, or to wait for a lock")
