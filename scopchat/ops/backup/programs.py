"""PostgreSQL's own programs for dumps: which of those at hand fit a server, and how they reach it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from psycopg import pq
from psycopg.conninfo import make_conninfo

from scopchat.gateway.database import connection_params
from scopchat.ops.installation import CannotStart
from scopchat.ops.postgres.cluster import BINARIES


@dataclass(frozen=True, slots=True)
class Programs:
    """`pg_dump`, `pg_restore` and `psql` of one version, side by side."""

    folder: Path
    version: int

    def command(self, name: str, *arguments: str) -> tuple[str, ...]:
        return (str(self.folder / name), *arguments)


def fitting(version: int, *, what: str) -> Programs:
    """The oldest programs at hand that are no older than this version of PostgreSQL. Raises `CannotStart`.

    Older ones refuse newer servers and dumps, and what newer ones write an older server does not always take. `what`
    has the version, for the person.
    """
    found = [Programs(folder, had) for folder, had in _at_hand()]
    fit = [programs for programs in found if programs.version >= version]
    if not fit:
        newest = max(programs.version for programs in found)
        raise CannotStart(
            f"{what} is of PostgreSQL {version}, and the newest pg_dump found is of {newest}. "
            f"Install PostgreSQL {version}'s client programs and put them on the PATH."
        )
    return min(fit, key=lambda programs: programs.version)


def _at_hand() -> Iterator[tuple[Path, int]]:
    """The wheel's, whose server the embedded database is, and those on the PATH."""
    folders = [BINARIES, *map(Path, os.environ.get("PATH", "").split(os.pathsep))]
    for folder in folders:
        if all(os.access(folder / name, os.X_OK) for name in ("pg_dump", "pg_restore", "psql")):
            said = subprocess.run(  # noqa: S603
                (folder / "pg_dump", "--version"), check=False, capture_output=True, text=True
            ).stdout
            version = re.search(r"\) (\d+)", said)
            if version:
                yield folder, int(version[1])


def address() -> str:
    """Where the programs connect, without the password: the list of processes would show it."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()} - {"password", "options"}
    return make_conninfo(**{name: value for name, value in connection_params().items() if name in known})


def environment() -> dict[str, str]:
    """The programs' environment: ours, but what would make them connect or speak otherwise."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "PGPASSWORD": str(connection_params().get("password", "")), "LC_ALL": "C"}
