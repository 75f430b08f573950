"""The file of a backup: a tar of the database's dump in parts, the photos, and a checksum over all of it.

Standard tools open it too (docs/operations.md says how). It is written and read as a stream, a part at a time.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from scopchat.ops.installation import CannotStart

FORMAT = 1
HEADER = "scopchat-backup.json"
CHECKSUM = "sha256"
DATABASE = "database/"
MEDIA = "media/"
PART = 4 * 1024 * 1024
"""Bytes of the dump in one member, and at most in memory."""
_SOME = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the backup; its content is read before the next is asked for."""

    name: str
    size: int
    content: IO[bytes]


class Writer:
    """Adds members, and at the end their checksum."""

    def __init__(self, file: IO[bytes], header: dict[str, Any]) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115  closed by `finish`
        self._digest = hashlib.sha256()
        self.add(HEADER, json.dumps({"format": FORMAT, **header}).encode())

    def add(self, name: str, content: bytes) -> None:
        self.copy(name, len(content), io.BytesIO(content))

    def copy(self, name: str, size: int, content: IO[bytes]) -> None:
        """Adds `size` bytes of the content. Raises `CannotStart` when there are fewer."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        try:
            self._tar.addfile(member, Summed(content, self._digest, name, size))
        except OSError as error:
            raise CannotStart(f"{name} could not be added to the backup: {error.strerror or error}") from None
        # It would remember every photo.
        self._tar.members = []  # type: ignore[attr-defined]

    def split(self, prefix: str, content: IO[bytes], told: Callable[[int], None]) -> None:
        """Adds content of unknown length, in parts that are numbered below `prefix`."""
        number = written = 0
        while part := content.read(PART):
            number, written = number + 1, written + len(part)
            self.add(f"{prefix}{number:08d}", part)
            told(written)

    def finish(self) -> None:
        """Writes the checksum and the end."""
        checksum = self._digest.hexdigest().encode()
        self.add(CHECKSUM, checksum)
        self._tar.close()


class Summed(io.RawIOBase):
    """Content that enters the checksum as it is read, behind its name and size."""

    def __init__(self, content: IO[bytes], digest: Any, name: str, size: int) -> None:
        self._content, self._digest = content, digest
        digest.update(f"{name}\0{size}\0".encode())

    def read(self, size: int = -1) -> bytes:
        found = self._content.read(size)
        self._digest.update(found)
        return found


@contextmanager
def being_written(target: Path) -> Iterator[IO[bytes]]:
    """A file for its owner alone, which has its name only once it is whole and on disk. Raises `CannotStart`."""
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CannotStart(f"{target} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


@contextmanager
def _as_a_backup(path: Path) -> Iterator[None]:
    """Raises `CannotStart` where the file cannot be read, or not as what it should be."""
    try:
        yield
    except (tarfile.TarError, EOFError, ValueError, KeyError):
        raise CannotStart(f"{path} is damaged, incomplete, or no backup of scopchat.") from None
    except OSError as error:
        raise CannotStart(f"{path} cannot be read: {error.strerror}.") from None


def header_of(path: Path) -> dict[str, Any]:
    """What the backup says of itself. Raises `CannotStart` for anything but a backup that this version reads."""
    with _as_a_backup(path), closing(members(path)) as found:
        first = next(found)
        header: dict[str, Any] = json.loads(first.content.read()) if first.name == HEADER else {}
        if header["format"] != FORMAT:
            raise CannotStart(f"{path} was written by a newer version of scopchat; restore it with that one.")
    return header


def verify(path: Path, told: Callable[[int], None]) -> None:
    """Reads the whole file. Raises `CannotStart` unless everything is there as it was written."""
    digest, read, last = hashlib.sha256(), 0, b""
    with _as_a_backup(path):
        for member in members(path):
            if member.name == CHECKSUM:
                last = member.content.read()
                continue
            last = b""
            content = Summed(member.content, digest, member.name, member.size)
            while some := content.read(_SOME):
                read += len(some)
                told(read)
    if last != digest.hexdigest().encode():
        raise CannotStart(f"{path} is damaged, incomplete, or no backup of scopchat.")


def members(path: Path) -> Generator[Member]:
    """Everything in the file, in its order. Raises what `tarfile` does."""
    with path.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
        while (found := tar.next()) is not None:
            # It would remember every photo.
            tar.members = []  # type: ignore[attr-defined]
            content = tar.extractfile(found) if found.isreg() else None
            if content is None:
                raise tarfile.ReadError
            yield Member(found.name, found.size, content)
