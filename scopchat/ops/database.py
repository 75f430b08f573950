"""Bringing the database up to date."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from scopchat.gateway.database import connection_params
from scopchat.ops.installation import CannotStart


def missing_migrations() -> int:
    """How many migrations this version brings that the database has not seen."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def reach() -> None:
    """Tries the database once, without the pool's patience. Raises `CannotStart`."""
    try:
        psycopg.connect(**{**connection_params(), "connect_timeout": 5}).close()
    except psycopg.OperationalError as error:
        raise CannotStart(f"The database cannot be reached: {str(error).strip()}") from None


def require_migrated() -> None:
    """Raises `CannotStart` where the database cannot be reached, or is not of this version."""
    reach()
    if missing_migrations():
        raise CannotStart("The database is not of this version: run `scopchat migrate` first.")


def migrate() -> None:
    """Applies the migrations; several machines may do it at once, one does the work. Raises `CannotStart`."""
    reach()
    try:
        with _alone():
            if missing_migrations():
                call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
            # Where attempts to sign in are counted; nothing happens when it is there.
            call_command("createcachetable", verbosity=0)
    except OperationalError as error:
        raise CannotStart(f"The database cannot be reached: {str(error).strip()}") from None


@contextmanager
def _alone() -> Iterator[None]:
    """Only one installation at a time gets here: two that start together would create the same tables.

    Asked for again and again rather than waited for: an index built concurrently waits for every statement under way,
    also for one that waits for this lock.
    """
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            ((taken,),) = cursor.fetchall()
            if taken:
                break
            time.sleep(LOCK_POLL_SECONDS)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


LOCK = 0x5C0BC4A7
"""Any number of our own, the same in every version."""
LOCK_POLL_SECONDS = 0.2
