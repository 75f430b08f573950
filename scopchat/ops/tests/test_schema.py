"""Whether a start may go without Django's look at the database."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from scopchat.ops import schema

pytestmark = pytest.mark.django_db


@pytest.fixture
def database() -> psycopg.Connection:
    connection.ensure_connection()
    return connection.connection


def test_it_knows_a_database_that_was_just_migrated(tmp_path: Path, database: psycopg.Connection) -> None:
    schema.note(tmp_path)

    assert schema.is_current(tmp_path, database)


def test_its_note_is_for_its_own_account_only(tmp_path: Path, database: psycopg.Connection) -> None:
    schema.note(tmp_path)

    assert (tmp_path / schema.NOTE).stat().st_mode & 0o777 == 0o600


def test_it_does_not_know_one_that_nobody_noted(tmp_path: Path, database: psycopg.Connection) -> None:
    assert not schema.is_current(tmp_path, database)


def test_it_sees_that_an_older_database_was_restored(tmp_path: Path, database: psycopg.Connection) -> None:
    schema.note(tmp_path)
    database.execute("DELETE FROM django_migrations WHERE app = 'interactions' AND name LIKE '0002%'")

    assert not schema.is_current(tmp_path, database)


def test_it_sees_that_a_release_brought_a_migration(tmp_path: Path, database: psycopg.Connection) -> None:
    schema.note(tmp_path)
    release = tmp_path / "migrations"
    release.mkdir()
    (release / "0001_more.py").touch()
    note = tmp_path / schema.NOTE
    note.write_text(json.dumps({**json.loads(note.read_text()), "folders": [str(release)]}))

    assert not schema.is_current(tmp_path, database)
