"""Databases beside the tests' own, on the same server, and our commands run on them as a person would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from scopchat.ops.installation import BASE_DIR

MIGRATED = os.environ.get("TEST_DATABASE_TEMPLATE", "template1")


@contextmanager
def fresh_database(*, template: str = "template1") -> Iterator[str]:
    """The address of an empty database, which is removed afterwards with whoever is connected to it.

    It is empty in the sense of `template`; `MIGRATED` saves whoever migrates it the work, where there is such a one.
    """
    server, name = os.environ["DATABASE_URL"], f"beside_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as maintenance:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        maintenance.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as maintenance:
            maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def scopchat(database: str, data: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command on the database with the data folder; an empty value takes a variable away."""
    variables = {**os.environ, "DATABASE_URL": database, "SCOPCHAT_DATA_DIR": str(data), **environment}
    return subprocess.run(
        (sys.executable, "-m", "scopchat.ops.cli", *map(str, arguments)),
        cwd=BASE_DIR,
        env={name: value for name, value in variables.items() if value},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
