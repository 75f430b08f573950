"""`scopchat restore`: a backup becomes an installation, whose texts on their way are held.

All or nothing, as far as it shows: the file is checked to its end, then the photos come, which nobody names yet, then
the database in one transaction. What was queued or claimed when the backup was made may have been sent since; that the
copy does not send it again is the doing of `gateway.copies`, and holds for every other way to restore a database too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.db.migrations.loader import MigrationLoader

from scopchat.common.crypto import Unreadable, decrypt_text
from scopchat.gateway import copies
from scopchat.gateway.database import connection_params
from scopchat.interactions.models import OutboxEntry
from scopchat.ops import database, installation, schema
from scopchat.ops.backup import archive, dump, photos, programs, progress
from scopchat.ops.backup.make import PROOF
from scopchat.ops.installation import CannotStart
from scopchat.ops.supervise import say

OTHERS_ARE_OFF = (
    "Every other copy of this installation must be off for good: two that send text the same customers twice."
)
ENDING_SECONDS = 2.0
"""How long a connection that was closed a moment ago may still be seen."""
DATABASE = """
SELECT current_setting('server_version_num')::int / 10000, count(*), to_regclass('public.tenancy_company') IS NOT NULL
FROM pg_tables WHERE schemaname = 'public'
"""
IN_USE = "SELECT EXISTS (SELECT FROM public.tenancy_company) OR EXISTS (SELECT FROM public.accounts_user)"
OTHERS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def restore(path: Path, header: dict[str, Any], *, take_over: bool, now: datetime) -> None:
    """Restores into the empty installation that this process has joined. Raises `CannotStart`."""
    _fits(path, header)
    database.reach()
    server, has_tables = _examined()
    fit = programs.fitting(max(server, header["pg_dump"]), what="The database or the backup")
    archive.verify(path, progress.of("checking the backup"))
    told, done = progress.of("restoring the photos"), 0
    for member in archive.members(path):
        if member.name.startswith(archive.MEDIA):
            photos.put(member.name.removeprefix(archive.MEDIA), member.content)
            done += member.size
            told(done)
    dump.read(fit, _dump(path, progress.of("restoring the database")), emptied=has_tables)
    say("bringing it up to date …")
    database.migrate()
    schema.note(installation.data_folder())
    _hold(header, take_over=take_over, now=now)


def _fits(path: Path, header: dict[str, Any]) -> None:
    """The backup is no newer than this program, and its secrets are those of this installation."""
    known = {(app, name) for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    apps = {app for app, _name in known}
    if any(app in apps and (app, name) not in known for app, name in header["migrations"]):
        raise CannotStart(f"{path} was made by a newer version of scopchat; restore it with that one.")
    try:
        proof = decrypt_text(header["proof"])
    except Unreadable:
        proof = ""
    if proof != PROOF:
        raise CannotStart(
            "The secrets of this installation are not those of the backup: stored credentials could not be read. Set "
            "the backup's SCOPCHAT_SECRET_KEY and SCOPCHAT_FIELD_KEYS, or put its secrets.json into the data folder."
        )


def _examined() -> tuple[int, bool]:
    """The server's version, and whether there are tables, all of them without content.

    Raises `CannotStart` where something would be lost, or somebody is at work.
    """
    # A connection of its own: those of Django's pool would look like somebody else's.
    with psycopg.connect(**connection_params(), autocommit=True) as found:
        ((version, tables, ours),) = found.execute(DATABASE).fetchall()
        if tables and not ours:
            raise CannotStart("The database has tables of something else; restore into an empty one.")
        if ours and found.execute(IN_USE).fetchall() == [(True,)]:
            raise CannotStart(
                "This installation is not empty; restore into an empty one: another --data folder, or another "
                "database in DATABASE_URL."
            )
        until = time.monotonic() + ENDING_SECONDS
        while others := found.execute(OTHERS).fetchall():
            if time.monotonic() > until:
                raise CannotStart(f"{len(others)} others are connected to the database: stop every scopchat first.")
            time.sleep(0.1)
    return version, bool(tables)


def _dump(path: Path, told: Callable[[int], None]) -> Iterator[bytes]:
    done = 0
    for member in archive.members(path):
        if member.name.startswith(archive.DATABASE):
            yield member.content.read()
            done += member.size
            told(done)


def _hold(header: dict[str, Any], *, take_over: bool, now: datetime) -> None:
    """Says what is held back, and until when."""
    copies.look(now)
    say(f"restored as it was at {datetime.fromisoformat(header['made_at']):%Y-%m-%d %H:%M:%S} UTC")
    doubted = OutboxEntry.objects.filter(unknown_at__isnull=False).count()
    if doubted:
        say(
            f"{doubted} texts may have been sent since, and are not sent again: the carriers are asked about them, and "
            "where these cannot tell, people decide in the conversations"
        )
    if take_over:
        resume(now)
    else:
        say("nothing is sent until you run `scopchat resume-sending`, once no other copy of it can send any more")


def resume(now: datetime) -> None:
    """Lets this copy send, in words."""
    copies.resume(now)
    say(f"this installation sends from now on. {OTHERS_ARE_OFF}")
