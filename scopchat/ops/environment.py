"""The environment the program's parts run in, and how a single command joins an installation."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from scopchat.ops import installation
from scopchat.ops.postgres.cluster import Cluster
from scopchat.ops.postgres.external import Server


def cluster(folder: Path) -> Cluster:
    """The embedded database of a data folder."""
    return Cluster(folder / "postgres")


def variables(folder: Path, *, public_url: str | None = None) -> dict[str, str]:
    """The whole environment for the program's parts: what the caller set stays, the rest is filled in.

    `up` gives its address, which is remembered for single commands: they print callback addresses too.
    """
    made = installation.keys(folder)
    filled = {
        "DATABASE_URL": cluster(folder).url(),
        "SCOPCHAT_SECRET_KEY": made.secret_key,
        "SCOPCHAT_FIELD_KEYS": made.field_key,
        # The simulator's carrier is a provider on loopback.
        "SCOPCHAT_ALLOW_PRIVATE_HOSTS": "1",
    }
    if sys.stderr.isatty():
        filled["SCOPCHAT_LOG_FORMAT"] = "text"
    address = folder / "address"
    if public_url:
        address.write_text(public_url)
    if address.exists():
        filled["SCOPCHAT_PUBLIC_URL"] = address.read_text()
    given = {name: value for name, value in os.environ.items() if value}
    return {**filled, **given, "SCOPCHAT_DATA_DIR": str(folder)}


@contextmanager
def joined(*, alone: bool = False) -> Iterator[None]:
    """Sets this process's environment to that of the installation in the data folder.

    With a `DATABASE_URL` only the folder's secrets are read. Otherwise the embedded database is used: the one
    that `scopchat up` runs, or, when it does not run, one started for as long as this command lasts. `alone` refuses
    the first. Raises `CannotStart`.
    """
    folder = installation.data_folder()
    if os.environ.get("DATABASE_URL"):
        _need_secrets(folder)
        yield
        return
    installation.open_folder(folder)
    os.environ.update(variables(folder))
    with ExitStack() as stack:
        try:
            stack.enter_context(installation.hold(folder))
        except installation.FolderInUse:
            if alone:
                raise
        else:
            server = Server(cluster(folder))
            stack.callback(server.stop)
            server.start()
        yield


def _need_secrets(folder: Path) -> None:
    """New secrets would not open what other machines wrote, so none are made beside a given database."""
    if os.environ.get("SCOPCHAT_SECRET_KEY"):
        return
    if not (folder / "secrets.json").exists():
        raise installation.CannotStart("SCOPCHAT_SECRET_KEY is not set; every machine needs the same one.")
    os.environ.update(variables(folder))
