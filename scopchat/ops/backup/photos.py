"""The photos, read and written through Django's default storage: another one than the folder needs nothing here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePosixPath
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage

from scopchat.ops.installation import CannotStart


def every_name(folder: str = "") -> Iterator[str]:
    """The names of all photos, a folder's at a time."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}{name}"
    for name in sorted(folders):
        yield from every_name(f"{folder}{name}/")


def opened(name: str) -> tuple[int, IO[bytes]] | None:
    """The photo's bytes, and how many; None when it is gone by now."""
    with suppress(FileNotFoundError):
        file = default_storage.open(name)
        return file.size, file
    return None


def put(name: str, content: IO[bytes]) -> None:
    """Stores a photo in place of what has its name. Raises `CannotStart` for a name that leads elsewhere."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not name:
        raise CannotStart(f"The backup names a photo outside its folder: {name!r}.")
    default_storage.delete(name)
    default_storage.save(name, File(content))
