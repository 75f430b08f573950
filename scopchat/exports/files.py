"""The files of exports, in the folder that all machines share: each is written under another name until it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage

FOLDER = "exports"
PIECE_BYTES = 64 * 1024


def _folder() -> Path:
    return Path(default_storage.path(FOLDER))


def _whole(export_id: int) -> Path:
    return _folder() / f"{export_id}.csv"


def _part(export_id: int, claim: UUID) -> Path:
    return _folder() / f"{export_id}.{claim}.part"


def begin(export_id: int, claim: UUID, text: str) -> None:
    """Begins the file of this run. Raises OSError."""
    _folder().mkdir(mode=settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS, parents=True, exist_ok=True)
    path = _part(export_id, claim)
    path.touch(mode=settings.FILE_UPLOAD_PERMISSIONS)
    path.write_bytes(text.encode())


def add(export_id: int, claim: UUID, text: str) -> None:
    """Adds to what `begin` began. Raises OSError, also where that has been taken away."""
    with _part(export_id, claim).open("rb+") as file:
        file.seek(0, os.SEEK_END)
        file.write(text.encode())


def keep(export_id: int, claim: UUID) -> None:
    """The file is whole, and on disk before it has its name. Raises OSError."""
    part = _part(export_id, claim)
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(_whole(export_id))


def give_up(export_id: int, claim: UUID) -> None:
    """Takes away what this run has written."""
    _part(export_id, claim).unlink(missing_ok=True)


def remove(export_id: int) -> None:
    """Takes away whatever there is of it."""
    for path in _folder().glob(f"{export_id}.*"):
        path.unlink(missing_ok=True)


def is_there(export_id: int) -> bool:
    """Whether there is a whole file."""
    return _whole(export_id).is_file()


def pieces(export_id: int) -> Iterator[bytes]:
    """The whole file, opened when it is read. Raises FileNotFoundError."""
    with _whole(export_id).open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
