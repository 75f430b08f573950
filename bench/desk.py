"""A whole installation for a measurement: durable PostgreSQL, and server and worker processes started by hand."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from scopchat.ops import pseudo_locales
from scopchat.ops.postgres.cluster import Cluster
from scopchat.ops.postgres.external import Server, free_port
from scopchat.ops.postgres.leftover import running_server

SID = "AC" + "0123456789abcdef" * 2
TOKEN = "bench-auth-token"
ROOT = Path(__file__).resolve().parent.parent


@contextlib.contextmanager
def installation(*, pseudo: Sequence[str] = ()) -> Iterator[str]:
    """A migrated, empty database of this run's own; Django is set up on it. Yields the server's public address.

    `pseudo` are languages offered in made-up words.
    """
    folder = Path(tempfile.mkdtemp(prefix="scopchat-bench-"))
    folder.chmod(0o711)
    server = Server(Cluster(folder / "postgres", port=free_port()))
    server.start()
    public_url = f"http://127.0.0.1:{free_port()}"
    os.environ.update(
        DATABASE_URL=server.cluster.url(),
        DJANGO_SETTINGS_MODULE="scopchat.config.settings",
        SCOPCHAT_SECRET_KEY="bench",
        SCOPCHAT_DATA_DIR=str(folder / "data"),
        SCOPCHAT_PUBLIC_URL=public_url,
        SCOPCHAT_ALLOW_PRIVATE_HOSTS="1",
        SCOPCHAT_LOG_FORMAT="text",
        SCOPCHAT_UNDO_SEND_SECONDS="0",
        SCOPCHAT_PSEUDO_LOCALES=",".join(pseudo),
    )
    pseudo_locales.of_installation(folder / "data")
    try:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield public_url
        from django.db import connections

        connections.close_all()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def postgres() -> psutil.Process:
    """The installation's database server."""
    server = running_server(Path(os.environ["SCOPCHAT_DATA_DIR"]).parent / "postgres")
    assert server
    return server


@contextlib.contextmanager
def running(*command: str, ready: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A process of our own until the end of the block; waits until `ready` answers 200, when given."""
    with subprocess.Popen([sys.executable, *command], cwd=ROOT) as process:
        try:
            deadline = time.monotonic() + 60
            while ready and not _answers(ready):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{command} did not start")
                time.sleep(0.05)
            yield process
        finally:
            process.terminate()


def wait_for(port: int) -> None:
    """Returns once something listens there."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing listens on {port}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def web(public_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """One server process."""
    port = public_url.rpartition(":")[2]
    with running("-m", "scopchat.ops.cli", "web", "--port", port, ready=f"{public_url}/healthz") as process:
        yield process


@contextlib.contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """One worker process."""
    with running("-m", "scopchat.ops.cli", "worker") as process:
        yield process
