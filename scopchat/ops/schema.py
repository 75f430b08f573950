"""Whether a database has everything this version brings, told without loading Django.

The last migration noted which files brought what. A database that lacks any of it, restored from an older backup for
example, and a program whose files differ, are left to Django.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from uuid import uuid4

import psycopg

from scopchat.ops.installation import BASE_DIR

NOTE = "migrations.json"
SETTINGS = BASE_DIR / "scopchat" / "config" / "settings.py"


def note(data: Path) -> None:
    """Writes down, with Django set up and the database migrated, what is there.

    Only `scopchat up` reads it, in the data folder it has made: where there is none, there is nothing to note.
    """
    if not data.is_dir():
        return
    from django.db.migrations.loader import MigrationLoader

    found = MigrationLoader(None).disk_migrations
    files = [sys.modules[migration.__module__].__file__ for migration in found.values()]
    folders = sorted({str(Path(file).parent) for file in files if file})
    content = {"program": _fingerprint(folders), "folders": folders, "migrations": sorted(map(list, found))}
    # Machines that share the folder may migrate at once.
    draft = data / f"{NOTE}.{uuid4().hex}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file)
    draft.replace(data / NOTE)


def is_current(data: Path, connection: psycopg.Connection) -> bool:
    """Whether nothing is left to migrate. False also where that cannot be told."""
    try:
        content = json.loads((data / NOTE).read_text())
        if content["program"] != _fingerprint(content["folders"]):
            return False
        applied = set(connection.execute("SELECT app, name FROM django_migrations"))
    except (OSError, ValueError, KeyError, psycopg.Error):
        return False
    return all((app, name) in applied for app, name in content["migrations"])


def _fingerprint(folders: list[str]) -> str:
    """Of the list of installed apps and the names of their migrations."""
    digest = hashlib.sha256(SETTINGS.read_bytes())
    for folder in folders:
        names = sorted(path.name for path in Path(folder).glob("*.py"))
        digest.update("\n".join([folder, *names]).encode())
    return digest.hexdigest()
