"""`scopchat migrate` on several machines at once, as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from scopchat.ops.database import LOCK
from scopchat.ops.tests.polling import until

pytestmark = pytest.mark.processes
ASKING = (
    "SELECT count(DISTINCT pid) FROM pg_stat_activity WHERE datname = %s AND query LIKE 'SELECT pg_try_advisory_lock%%'"
)


@pytest.fixture
def database() -> Iterator[psycopg.Connection]:
    """An empty database; a connection to it."""
    name = f"migrated_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(make_conninfo(os.environ["DATABASE_URL"], dbname=name), autocommit=True) as made:
                yield made
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrate(database: psycopg.Connection, data: Path) -> subprocess.Popen[str]:
    info = database.info
    url = f"postgresql://{info.user}@{info.host}:{info.port}/{info.dbname}"
    environment = {**os.environ, "DATABASE_URL": url, "SCOPCHAT_DATA_DIR": str(data)}
    command = [sys.executable, "-m", "scopchat.ops.cli", "migrate"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def test_two_at_once_take_turns_and_both_succeed(database: psycopg.Connection, tmp_path: Path) -> None:
    name = database.info.dbname
    with ExitStack() as stack:
        database.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        both = [stack.enter_context(migrate(database, tmp_path)) for _ in range(2)]
        until(lambda: database.execute(ASKING, [name]).fetchone() == (2,), what="both asking for the lock")
        assert database.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,)
        database.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        said = [each.communicate(timeout=60)[1] for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    applied = database.execute("SELECT count(*), count(DISTINCT (app, name)) FROM django_migrations").fetchone()
    assert applied[0] == applied[1] > 0
