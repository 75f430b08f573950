"""The files of imports, in the folder that all machines share: what was brought, and the lines that were refused."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage

FOLDER = "imports"
PIECE_BYTES = 64 * 1024


def _folder() -> Path:
    return Path(default_storage.path(FOLDER))


def brought(import_id: int) -> Path:
    """What somebody chose."""
    return _folder() / f"{import_id}.csv"


def refused(import_id: int) -> Path:
    """The lines that were refused, once all are known."""
    return _folder() / f"{import_id}.refused.csv"


def refused_part(import_id: int, claim: UUID) -> Path:
    """The same while this run writes them."""
    return _folder() / f"{import_id}.{claim}.part"


def entries(import_id: int) -> Path:
    """The lines that can be saved (`kept`), once all are known."""
    return _folder() / f"{import_id}.kept"


def entries_part(import_id: int, claim: UUID) -> Path:
    """The same while this run writes them."""
    return _folder() / f"{import_id}.{claim}.kept.part"


def keep_entries(import_id: int, claim: UUID) -> None:
    """They are whole, and on disk before they have their name. Raises OSError."""
    part = entries_part(import_id, claim)
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(entries(import_id))


def next_lines(import_id: int, begin: int, size: int) -> list[bytes]:
    """The lines that can be saved from this byte on, of about so many bytes; none after the last. Raises OSError."""
    with entries(import_id).open("rb") as file:
        file.seek(begin)
        return file.readlines(size)


def keep(import_id: int, pieces: Iterable[bytes]) -> None:
    """Writes what was chosen, and has it on disk. Raises OSError."""
    _folder().mkdir(mode=settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS, parents=True, exist_ok=True)
    path = brought(import_id)
    path.touch(mode=settings.FILE_UPLOAD_PERMISSIONS)
    try:
        with path.open("wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink()
        raise


def pieces_of_refused(import_id: int) -> Iterator[bytes]:
    """The lines that were refused, opened when they are read. Raises FileNotFoundError."""
    with refused(import_id).open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def remove_brought(import_id: int) -> None:
    """What was brought, and what was read of it; the lines that were refused stay."""
    brought(import_id).unlink(missing_ok=True)
    entries(import_id).unlink(missing_ok=True)


def give_up(import_id: int, claim: UUID) -> None:
    """Takes away what this run has written."""
    refused_part(import_id, claim).unlink(missing_ok=True)
    entries_part(import_id, claim).unlink(missing_ok=True)


def remove(import_id: int) -> None:
    """Takes away whatever there is of it."""
    for path in _folder().glob(f"{import_id}.*"):
        path.unlink(missing_ok=True)
