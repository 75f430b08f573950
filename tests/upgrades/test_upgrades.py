"""Databases of earlier versions, with data in them, are taken over by this one (`record.py` makes them)."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from scopchat.gateway.queries import PLACE, THIS_DATABASE
from scopchat.ops.installation import BASE_DIR
from scopchat.ops.postgres.cluster import BINARIES
from scopchat.ops.tests.databases import fresh_database, scopchat
from tests.upgrades.record import ENVIRONMENT

DUMPS = sorted(Path(__file__).parent.glob("*.sql.gz"))
ROWS = {"f456609": (7, 6), "8de88bd": (11, 9)}
"""Of Amélie's inbox and of Sophie's, in each."""


@pytest.mark.processes
@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.name.partition(".")[0])
def test_the_inbox_opens_and_what_waited_is_sent(dump: Path, tmp_path: Path) -> None:
    with fresh_database() as database:
        restore = (BINARIES / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={database}")
        subprocess.run(restore, check=True, input=gzip.decompress(dump.read_bytes()), stdout=subprocess.DEVNULL)
        with psycopg.connect(database) as connection:
            if connection.execute("SELECT to_regclass('gateway_installation')").fetchone() != (None,):
                # As if it had always been on this server: a copy would send nothing.
                here = connection.execute(THIS_DATABASE).fetchone()
                connection.execute(f"UPDATE gateway_installation SET place = {PLACE}", here)  # noqa: S608

        done = scopchat(database, tmp_path, "migrate", **ENVIRONMENT)
        assert done.returncode == 0, done.stderr

        environment = {**os.environ, **ENVIRONMENT, "DATABASE_URL": database, "SCOPCHAT_DATA_DIR": str(tmp_path)}
        looked = subprocess.run(
            (sys.executable, "-m", "tests.upgrades.look"),
            cwd=BASE_DIR, env=environment, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert looked.returncode == 0, looked.stderr
        of_admin, of_agent = ROWS[dump.name.partition(".")[0]]
        assert json.loads(looked.stdout.splitlines()[-1]) == {
            "of_admin": [200, of_admin],
            "of_agent": [200, of_agent],
            "held": False,
            "found": ["amelie"],
            "not_searchable": 0,
            "statuses": {"Still to be sent": ["sent", "sim-upgraded"], "Nobody knows": ["unknown", None]},
        }
