"""Bringing the database up to date."""

from __future__ import annotations

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


def migrate() -> None:
    """Applies the migrations; several machines may do it at once, one does the work. Raises `CannotStart`."""
    reach()
    try:
        with connection.cursor() as cursor:
            # Two installations starting together would otherwise create the same tables.
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                if missing_migrations():
                    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    except OperationalError as error:
        raise CannotStart(f"The database cannot be reached: {str(error).strip()}") from None


LOCK = 0x5C0BC4A7
"""Any number of our own, the same in every version."""
