"""What an earlier run left behind: a server still running, or the file of one that is gone."""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path

import psutil

PATIENCE = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))
"""Signals in turn and how long each may take, in seconds: fast shutdown, immediate shutdown, kill."""


def running_server(folder: Path) -> psutil.Process | None:
    """The PostgreSQL server of this very folder, if one runs.

    The number in `postmaster.pid` alone proves nothing: after a crash another program may have it.
    """
    process = _named_process(folder)
    if process is None:
        return None
    try:
        is_ours = process.name() == "postgres" and Path(process.cwd()) == folder.resolve()
    except psutil.Error:
        return None
    return process if is_ours else None


def clear(folder: Path) -> None:
    """Stops a server left running in the folder, and removes a `postmaster.pid` that names a stranger.

    A file that names nobody is left: PostgreSQL reads in it which shared memory to look for orphans of.
    The caller holds the data folder, so that no other installation can own the server.
    """
    server = running_server(folder)
    if server is not None:
        stop(server)
    elif _named_process(folder) is not None:
        (folder / "postmaster.pid").unlink(missing_ok=True)


def stop(server: psutil.Process) -> None:
    """Ends the server, ever more firmly."""
    for number, seconds in PATIENCE:
        with suppress(psutil.NoSuchProcess):
            server.send_signal(number)
        try:
            server.wait(seconds)
        except psutil.TimeoutExpired:
            continue
        return


def _named_process(folder: Path) -> psutil.Process | None:
    """The living process whose number stands in `postmaster.pid`, whatever it is."""
    try:
        first = (folder / "postmaster.pid").read_text().partition("\n")[0]
        process = psutil.Process(int(first))
        return None if process.status() == psutil.STATUS_ZOMBIE else process
    except (OSError, ValueError, psutil.Error):
        return None
