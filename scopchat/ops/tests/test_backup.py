"""`scopchat backup` and `scopchat restore` on real databases: all comes back but what was being done, or nothing."""

from __future__ import annotations

import json
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet
from psycopg import sql

from scopchat.ops.backup import archive, dump, programs
from scopchat.ops.backup.programs import Programs
from scopchat.ops.installation import CannotStart
from scopchat.ops.tests.databases import MIGRATED, fresh_database, scopchat

PASSPHRASE = "sésame ouvre-toi"
LOOPBACK = {"SCOPCHAT_PUBLIC_URL": "http://127.0.0.1:8000"}
KEYS = {"SCOPCHAT_SECRET_KEY": "s" * 50, "SCOPCHAT_FIELD_KEYS": Fernet.generate_key().decode()}
NO_KEYS = {"SCOPCHAT_SECRET_KEY": "", "SCOPCHAT_FIELD_KEYS": ""}
PHOTO = Path("attachments/2026/11/a photo.png")
AT_WORK = """
INSERT INTO django_session VALUES ('k', 'x', now() + interval '1 day');
INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('mail', 'scopchat.common.mail.send_mail');
INSERT INTO gateway_shardlease (work, shard, epoch) VALUES ('send', 3, 9);
"""


@dataclass
class Saved:
    """An installation with the demo, and its backup."""

    database: str
    file: Path
    passphrase: Path
    said: str


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Saved]:
    folder = tmp_path_factory.mktemp("saved")
    with fresh_database(template=MIGRATED) as database:
        assert scopchat(database, folder, "migrate", "--demo", **KEYS, **LOOPBACK).returncode == 0
        (folder / "media" / PHOTO).parent.mkdir(parents=True)
        (folder / "media" / PHOTO).write_bytes(b"\x89PNG" * 1000)
        with psycopg.connect(database) as connection:
            connection.execute(AT_WORK)
        passphrase = folder / "passphrase"
        passphrase.write_text(f"{PASSPHRASE}\n")
        file = folder / "backup.tar"
        done = scopchat(database, folder, "backup", file, f"--passphrase-file={passphrase}", **KEYS)
        assert done.returncode == 0, done.stderr
        yield Saved(database, file, passphrase, done.stderr)


@pytest.fixture
def empty() -> Iterator[str]:
    with fresh_database() as database:
        yield database


def content(database: str) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with psycopg.connect(database) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = {}
        for (table,) in tables:
            asked = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(table))
            rows[table] = [row for (row,) in connection.execute(asked)]
    return rows


def refusal(done: object) -> str:
    """The one sentence that the command ended with."""
    assert done.returncode == 2, done.stderr  # type: ignore[attr-defined]
    lines = [line for line in done.stderr.splitlines() if not line.endswith("…")]  # type: ignore[attr-defined]
    assert len(lines) == 1, lines
    return str(lines[0])


def test_it_is_one_file_for_its_owner_alone(saved: Saved) -> None:
    assert stat.S_IMODE(saved.file.stat().st_mode) == 0o600
    assert [path.name for path in saved.file.parent.iterdir() if path.name.startswith("backup")] == ["backup.tar"]
    with tarfile.open(saved.file) as tar:
        assert tar.getnames() == ["scopchat-backup.json", "database/00000001", f"media/{PHOTO}", "sha256"]
    whole = saved.file.read_bytes()
    for secret in (*KEYS.values(), PASSPHRASE):
        assert secret.encode() not in whole
    assert f"{saved.file} is complete" in saved.said


def test_all_comes_back_but_what_was_being_done(saved: Saved, empty: str, tmp_path: Path) -> None:
    done = scopchat(
        empty, tmp_path, "restore", saved.file, f"--passphrase-file={saved.passphrase}", **NO_KEYS, **LOOPBACK
    )
    assert done.returncode == 0, done.stderr
    assert "nothing is sent until you run `scopchat resume-sending`" in done.stderr

    before, after = content(saved.database), content(empty)
    assert set(before) == set(after)
    assert [table for table in dump.TRANSIENT if after[table]] == []
    # The installation it was taken from may send on: mass sends under way are paused.
    sends = before["masssends_masssend"]
    before["masssends_masssend"] = sorted(row.replace(',sending,"",', ",paused,copied,") for row in sends)
    for table in set(before) - {*dump.TRANSIENT, "gateway_installation"}:
        assert after[table] == before[table], table
    assert (tmp_path / "media" / PHOTO).read_bytes() == b"\x89PNG" * 1000

    secrets = tmp_path / "secrets.json"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert json.loads(secrets.read_text()) == {
        "secret_key": KEYS["SCOPCHAT_SECRET_KEY"], "field_key": KEYS["SCOPCHAT_FIELD_KEYS"],
    }  # fmt: skip
    assert "Sending is held since" in scopchat(empty, tmp_path, "doctor", **NO_KEYS, **LOOPBACK).stdout


def test_a_database_that_was_migrated_and_not_used_is_empty(saved: Saved, empty: str, tmp_path: Path) -> None:
    assert scopchat(empty, tmp_path, "migrate", **KEYS).returncode == 0
    done = scopchat(empty, tmp_path, "restore", saved.file, "--take-over", **KEYS)
    assert done.returncode == 0, done.stderr
    assert "Every other copy of this installation must be off for good" in done.stderr
    assert content(empty)["interactions_message"] == content(saved.database)["interactions_message"]
    assert "ok       This database is the one that sends." in scopchat(empty, tmp_path, "doctor", **KEYS).stdout


def test_it_refuses_an_installation_that_is_in_use(saved: Saved, tmp_path: Path) -> None:
    before = content(saved.database)
    done = scopchat(saved.database, tmp_path, "restore", saved.file, **KEYS)
    assert "This installation is not empty; restore into an empty one" in refusal(done)
    assert content(saved.database) == before


def test_it_refuses_tables_of_something_else(saved: Saved, empty: str, tmp_path: Path) -> None:
    with psycopg.connect(empty) as connection:
        connection.execute("CREATE TABLE theirs ()")
    done = scopchat(empty, tmp_path, "restore", saved.file, **KEYS)
    assert "The database has tables of something else" in refusal(done)


def test_it_refuses_a_database_that_others_are_connected_to(saved: Saved, empty: str, tmp_path: Path) -> None:
    with psycopg.connect(empty):
        done = scopchat(empty, tmp_path, "restore", saved.file, **KEYS)
    assert "1 others are connected to the database" in refusal(done)


def test_it_refuses_other_secrets_before_it_touches_anything(saved: Saved, empty: str, tmp_path: Path) -> None:
    other = {**KEYS, "SCOPCHAT_FIELD_KEYS": Fernet.generate_key().decode()}
    assert "are not those of the backup" in refusal(scopchat(empty, tmp_path, "restore", saved.file, **other))
    assert content(empty) == {}


def test_it_refuses_to_go_on_without_secrets(saved: Saved, empty: str, tmp_path: Path) -> None:
    done = scopchat(empty, tmp_path, "restore", saved.file, **NO_KEYS)
    assert "name the backup's passphrase with --passphrase-file" in refusal(done)
    (tmp_path / "wrong").write_text("sésame")
    done = scopchat(empty, tmp_path, "restore", saved.file, f"--passphrase-file={tmp_path / 'wrong'}", **NO_KEYS)
    assert "The passphrase is not the one of this backup" in refusal(done)
    assert content(empty) == {}


def spoil(saved: Saved, target: Path, how: str) -> None:
    whole = bytearray(saved.file.read_bytes())
    if how == "changed":
        whole[len(whole) // 2] ^= 1
    elif how == "cut":
        del whole[len(whole) // 2 :]
    elif how == "without its end":
        del whole[whole.rindex(b"sha256") :]
    elif how == "something else":
        whole = bytearray(b"PGDMP" * 1000)
    elif how == "empty":
        whole.clear()
    target.write_bytes(whole)


@pytest.mark.parametrize("how", ["changed", "cut", "without its end", "something else", "empty"])
def test_what_is_not_as_it_was_written_is_refused(saved: Saved, tmp_path: Path, how: str) -> None:
    file = tmp_path / "spoilt.tar"
    spoil(saved, file, how)
    with pytest.raises(CannotStart, match=r"spoilt\.tar is damaged, incomplete, or no backup of scopchat"):
        archive.verify(file, lambda _read: None)


def test_a_damaged_backup_changes_nothing(saved: Saved, empty: str, tmp_path: Path) -> None:
    spoil(saved, tmp_path / "spoilt.tar", "changed")
    done = scopchat(empty, tmp_path, "restore", tmp_path / "spoilt.tar", **KEYS)
    assert "damaged" in refusal(done)
    assert content(empty) == {}
    assert not (tmp_path / "media").exists()


def test_half_a_dump_restores_nothing(
    saved: Saved, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "connection_params", lambda: psycopg.conninfo.conninfo_to_dict(empty))
    whole = b"".join(
        member.content.read() for member in archive.members(saved.file) if member.name.startswith(archive.DATABASE)
    )
    fit = programs.fitting(18, what="The database")
    with pytest.raises(CannotStart, match="pg_restore failed"):
        dump.read(fit, iter([whole[: len(whole) // 2]]), emptied=False)
    assert content(empty) == {}
    dump.read(fit, iter([whole[:1000], whole[1000:]]), emptied=False)
    assert len(content(empty)["tenancy_company"]) == 6


def test_a_backup_that_fails_leaves_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "backup.tar"
    target.write_bytes(b"yesterday's")

    def write_half() -> None:
        with archive.being_written(target) as file:
            file.write(b"half")
            raise CannotStart

    with pytest.raises(CannotStart):
        write_half()
    assert target.read_bytes() == b"yesterday's"
    assert list(tmp_path.iterdir()) == [target]


def test_it_takes_the_oldest_programs_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    at_hand = [(Path("/wheel"), 18), (Path("/usr/bin"), 15)]
    monkeypatch.setattr(programs, "_at_hand", lambda: iter(at_hand))
    assert programs.fitting(15, what="The database") == Programs(Path("/usr/bin"), 15)
    assert programs.fitting(16, what="The database") == Programs(Path("/wheel"), 18)
    with pytest.raises(CannotStart, match="The database is of PostgreSQL 19, and the newest pg_dump found is of 18"):
        programs.fitting(19, what="The database")


def test_the_list_of_processes_shows_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        "host": "db",
        "user": "desk",
        "password": "pa ss",
        "dbname": "x",
        "options": "-c a=1",
        "prepare_threshold": 5,
    }
    monkeypatch.setattr(programs, "connection_params", lambda: known)
    assert programs.address() == "host=db user=desk dbname=x"
    assert programs.environment()["PGPASSWORD"] == "pa ss"
