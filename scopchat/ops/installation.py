"""The data folder of one installation: who may use it, and the secrets made in it once."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

BASE_DIR = Path(__file__).resolve().parent.parent.parent


class CannotStart(Exception):
    """Something outside the program is in the way; the text tells the person what, in one sentence."""


class FolderInUse(CannotStart):
    """Another `scopchat` holds the data folder at this moment."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of an installation; losing the field key makes carriers' credentials unreadable."""

    secret_key: str
    field_key: str
    """One key, or several with commas between them, newest first."""


def data_folder() -> Path:
    """The folder named by `SCOPCHAT_DATA_DIR`, else `.data` beside the program."""
    return Path(os.environ.get("SCOPCHAT_DATA_DIR") or BASE_DIR / ".data").absolute()


def open_folder(folder: Path) -> None:
    """Makes the data folder if need be. Raises `CannotStart` when it cannot be written."""
    probe = folder / f".writable-{os.getpid()}"
    try:
        # Others may pass through but not list: PostgreSQL runs as another user when `up` is run by root.
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CannotStart(
            f"The data folder {folder} cannot be written ({reason}); choose another with --data."
        ) from None


def close_to_others(data: Path) -> None:
    """Takes from other accounts of the machine what earlier versions let them read: photos, and the note on migrations.

    The folder of photos itself is closed last, as the sign that all in it is; later starts look no further. What
    belongs to another account is left alone.
    """
    with suppress(FileNotFoundError, PermissionError):
        (data / "migrations.json").chmod(0o600)
    media = data / "media"
    if not media.is_dir() or media.stat().st_mode & 0o077 == 0:
        return
    with suppress(PermissionError):
        for folder, _folders, files in media.walk(top_down=False):
            for name in files:
                (folder / name).chmod(0o600)
            folder.chmod(0o700)


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keeps every other `scopchat` out of the folder. Raises `FolderInUse`.

    The lock is the kernel's and ends with the process, however it dies: the file left behind blocks nobody.
    """
    with (folder / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise FolderInUse(
                f"Another scopchat already runs on the data folder {folder}; "
                "stop it or choose another folder with --data."
            ) from None
        yield


def keys(folder: Path) -> Keys:
    """The installation's secrets, made at the first call and the same ever after. Raises `CannotStart`."""
    path = secrets_file(folder)
    if not path.exists():
        keep_keys(folder, Keys(secret_key=secrets.token_urlsafe(48), field_key=Fernet.generate_key().decode()))
    try:
        return Keys(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        raise CannotStart(f"The secrets in {path} cannot be read; restore that file from a backup.") from None


def secrets_file(folder: Path) -> Path:
    """Where the installation's secrets are kept."""
    return folder / "secrets.json"


def keep_keys(folder: Path, made: Keys) -> None:
    """Writes the secrets, for this account alone."""
    draft = folder / f"secrets.json.{os.getpid()}"
    with suppress(FileNotFoundError):
        draft.unlink()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(made), file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(secrets_file(folder))


def passphrase(file: Path | None) -> str | None:
    """The first line of the file; None where no file is named. Raises `CannotStart`."""
    if file is None:
        return None
    try:
        found = file.read_text().partition("\n")[0].strip()
    except (OSError, ValueError):
        found = ""
    if not found:
        raise CannotStart(f"No passphrase can be read in {file}.")
    return found


def bind(host: str, port: int) -> socket.socket:
    """A listening-ready socket on the address. Raises `CannotStart` when it is taken or not allowed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        # Two sockets may both be bound with SO_REUSEADDR; only one can listen.
        bound.listen(2048)
    except OSError as error:
        bound.close()
        reason = error.strerror or type(error).__name__
        raise CannotStart(f"Port {port} of {host} cannot be used ({reason}); choose another with --port.") from None
    return bound


def on_loopback(url: str) -> bool:
    """Whether only this machine reaches the address."""
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
