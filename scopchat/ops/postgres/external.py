"""A cluster started and killed by hand: for tests over several processes, and for single commands."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable

from scopchat.ops.installation import CannotStart
from scopchat.ops.postgres.cluster import Cluster
from scopchat.ops.postgres.leftover import clear, running_server, stop
from scopchat.ops.postgres.readiness import ready

RETRY_SECONDS = 0.1


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Server:
    """A running (or killed) server of one cluster, seen as another machine's would be."""

    def __init__(self, cluster: Cluster, *, before_exec: Callable[[], None] | None = None) -> None:
        self.cluster = cluster
        self._before_exec = before_exec
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, seconds: float = 60.0) -> None:
        """Starts it and waits until it answers; makes cluster and database at the first start.

        A server killed a moment ago leaves backends that hold its shared memory until they notice; a start in
        that moment fails at once and is tried again. Raises `CannotStart` after `seconds`.
        """
        self.cluster.initialise()
        clear(self.cluster.folder)
        deadline = time.monotonic() + seconds
        while not ready(self.cluster):
            if self._process is None or self._process.poll() is not None:
                self._spawn()
            if time.monotonic() > deadline:
                self.stop()
                raise CannotStart(f"PostgreSQL did not start: {self._last_words()}")
            time.sleep(RETRY_SECONDS)

    def stop(self) -> None:
        """Fast shutdown: clients are cut off, everything committed is on disk."""
        server = running_server(self.cluster.folder)
        if server is not None:
            stop(server)
        if self._process is not None:
            self._process.wait()
            self._process = None

    def kill(self) -> None:
        """As `kill -9` of the server: no warning, no shutdown, orphaned backends for a moment."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Stops and starts it."""
        self.stop()
        self.start()

    def _spawn(self) -> None:
        how = self.cluster.server()
        with self.cluster.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                how.command, cwd="/", stdout=log, stderr=log, preexec_fn=self._before_exec, **how.options()
            )

    def _last_words(self) -> str:
        return "\n".join(self.cluster.log.read_text(errors="replace").splitlines()[-5:])
