"""`scopchat backup`: the database, the photos and, under a passphrase, the secrets, in one file."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from scopchat.common.crypto import encrypt_text
from scopchat.ops.backup import archive, dump, photos, programs, progress, sealed
from scopchat.ops.backup.archive import Writer
from scopchat.ops.database import reach
from scopchat.ops.installation import CannotStart, Keys
from scopchat.ops.supervise import say

PROOF = "scopchat"
"""What the header has encrypted, so that other secrets are recognised before they are used."""


def backup(target: Path, *, passphrase: str | None, now: datetime) -> None:
    """Writes the backup while everything runs, or leaves what was there. Raises `CannotStart`."""
    reach()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000, to_regclass('gateway_installation')")
        server, table = cursor.fetchone()
    if table is None:
        raise CannotStart("The database is not of this version: run `scopchat migrate` first.")
    fit = programs.fitting(server, what="The database")
    with _ended_in_order(), archive.being_written(target.absolute()) as file:
        writer = Writer(file, _header(fit.version, passphrase=passphrase, now=now))
        told = progress.of("saving the database")
        dump.write(fit, partial(writer.split, archive.DATABASE, told=told))
        # After the database: every photo that it names is there by now.
        _add_photos(writer)
        writer.finish()
        size = file.tell()
    say(f"{target} is complete: {progress.amount(size)}")
    if passphrase is None:
        say("the secrets are not in it; without them stored credentials cannot be read: keep secrets.json elsewhere")


def _header(program: int, *, passphrase: str | None, now: datetime) -> dict[str, Any]:
    header: dict[str, Any] = {
        "program": version("scopchat"),
        "made_at": now.isoformat(),
        "pg_dump": program,
        "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
        "proof": encrypt_text(PROOF),
    }
    if passphrase is not None:
        keys = Keys(secret_key=settings.SECRET_KEY, field_key=",".join(settings.FIELD_KEYS))
        header["secrets"] = sealed.seal(keys, passphrase)
    return header


def _add_photos(writer: Writer) -> None:
    told, done = progress.of("saving the photos"), 0
    for name in photos.every_name():
        found = photos.opened(name)
        if found is not None:
            size, content = found
            with content:
                writer.copy(f"{archive.MEDIA}{name}", size, content)
            done += size
            told(done)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """A backup that is told to stop takes its draft with it."""
    before = signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
