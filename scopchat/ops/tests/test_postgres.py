"""The embedded PostgreSQL: started, killed, found again, never lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from scopchat.gateway.queries import PLACE
from scopchat.ops.postgres.cluster import Cluster
from scopchat.ops.postgres.external import Server, free_port
from scopchat.ops.postgres.leftover import clear, running_server
from scopchat.ops.tests.polling import until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    # The folder of a test run is closed to others; PostgreSQL may be another account.
    made = Server(Cluster(tmp_path / "postgres", durable=False))
    made.start()
    yield made
    made.stop()


def _value(server: Server, statement: str) -> object:
    with psycopg.connect(server.cluster.url(), autocommit=True) as connection:
        row = connection.execute(statement).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None


def test_it_offers_its_database_on_a_socket(server: Server) -> None:
    assert _value(server, "SELECT current_database()") == "scopchat"
    assert _value(server, "SHOW listen_addresses") == ""


def test_it_closes_the_socket_to_other_accounts(server: Server) -> None:
    assert server.cluster.socket_folder.stat().st_mode & 0o077 == 0


def test_it_can_be_reached_over_tcp_when_asked(tmp_path: Path) -> None:
    server = Server(Cluster(tmp_path / "postgres", port=free_port(), durable=False))
    server.start()
    try:
        assert _value(server, "SHOW listen_addresses") == "127.0.0.1"
    finally:
        server.stop()


def test_it_keeps_its_promises_by_default(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "postgres")
    cluster.initialise()

    command = cluster.server().command

    assert not any("fsync" in part or "synchronous_commit" in part for part in command)
    assert "--listen_addresses=" in command


def test_it_uses_a_short_socket_folder_for_a_long_path(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / ("x" * 100) / "postgres")

    assert len(str(cluster.socket_folder)) < 100


def test_it_comes_back_after_a_kill_while_orphans_hold_its_memory(server: Server) -> None:
    with psycopg.connect(server.cluster.url(), autocommit=True) as busy:
        busy.execute("CREATE TABLE kept (n int)")
        busy.execute("INSERT INTO kept VALUES (7)")

        server.kill()
        server.start()

    assert _value(server, "SELECT n FROM kept") == 7


def test_it_ends_a_server_that_an_earlier_run_left(server: Server) -> None:
    left = running_server(server.cluster.folder)
    assert left is not None

    clear(server.cluster.folder)

    assert running_server(server.cluster.folder) is None
    until(lambda: not left.is_running() or left.status() == psutil.STATUS_ZOMBIE, what="the end of the server")


def test_it_starts_beside_a_stranger_with_the_old_number(server: Server) -> None:
    server.stop()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        lines = [str(stranger.pid), str(server.cluster.folder), "1", "5432", "", "", "  1 1", "ready   ", ""]
        (server.cluster.folder / "postmaster.pid").write_text("\n".join(lines))

        server.start()

        assert _value(server, "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.communicate(b"\n")


def test_it_makes_a_cluster_anew_after_an_interrupted_attempt(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "half").touch()
    cluster = Cluster(tmp_path / "postgres", durable=False)

    cluster.initialise()

    assert (cluster.folder / "PG_VERSION").read_text() == "18\n"
    assert not (tmp_path / "postgres.new").exists()


def test_a_promoted_replica_is_another_database_to_the_sender(server: Server) -> None:
    def place() -> object:
        return _value(server, f"SELECT {PLACE}".replace("%s", "'here'"))

    with psycopg.connect(server.cluster.url(), autocommit=True) as database:
        database.execute("CREATE TABLE gateway_installation ()")
    before = place()
    server.restart()
    assert place() == before
    server.stop()
    (server.cluster.folder / "standby.signal").touch()
    server.start()
    with psycopg.connect(server.cluster.url(), autocommit=True) as database:
        database.execute("SELECT pg_promote()")
        until(lambda: database.execute("SELECT pg_is_in_recovery()").fetchone() == (False,), what="promotion")
    assert place() != before
