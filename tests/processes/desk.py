"""A whole installation in real processes on a durable PostgreSQL over TCP, for tests that kill parts of it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scopchat.ops.postgres import template
from scopchat.ops.postgres.cluster import Cluster
from scopchat.ops.postgres.external import Server, free_port
from tests.processes.wire import Wire, wire_to

ROOT = Path(__file__).resolve().parent.parent.parent


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> float:
    """Polls until `true`; returns the seconds it took. Fails the test after `seconds`."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)
    return time.monotonic() - began


@dataclass
class Process:
    """One of our programs, which can be killed, frozen and started again."""

    command: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                (sys.executable, "-m", "scopchat.ops.cli", *self.command),
                cwd=ROOT, env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip

    def send(self, number: int) -> None:
        assert self.running is not None
        os.kill(self.running.pid, number)

    @property
    def runs(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def kill(self) -> None:
        assert self.running is not None
        self.running.kill()
        self.running.wait()

    def stop(self) -> None:
        if self.runs:
            assert self.running is not None
            self.send(signal.SIGCONT)
            self.running.terminate()
            try:
                self.running.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


@dataclass
class Desk:
    """The installation: two servers and two workers unless told otherwise."""

    postgres: Server
    folder: Path
    environment: dict[str, str]
    ports: list[int]
    wire: Wire | None = None
    webs: list[Process] = field(default_factory=list)
    workers: list[Process] = field(default_factory=list)
    _tool: subprocess.Popen[str] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        for number, port in enumerate(self.ports):
            self._add(self.webs, f"web{number}", "web", f"--port={port}")
            self._add(self.workers, f"worker{number}", "worker")
        for port in self.ports:
            wait_until(lambda port=port: ready(port), 60, "ready")  # type: ignore[misc]

    def _add(self, group: list[Process], name: str, *command: str) -> None:
        environment = dict(self.environment)
        if self.wire is not None:
            direct = f":{self.postgres.cluster.port}/"
            environment["DATABASE_URL"] = environment["DATABASE_URL"].replace(direct, f":{self.wire.port}/")
        process = Process(command, environment, self.folder / f"{name}.log")
        process.start()
        group.append(process)

    def ask(self, command: str, **arguments: Any) -> Any:
        """Runs a function of `tests.processes.tool` inside the installation's own Django."""
        with self._lock:
            if self._tool is None or self._tool.poll() is not None:
                self._tool = subprocess.Popen(
                    (sys.executable, "-m", "tests.processes.tool"),
                    cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                )  # fmt: skip
            assert self._tool.stdin is not None
            assert self._tool.stdout is not None
            self._tool.stdin.write(json.dumps([command, arguments]) + "\n")
            self._tool.stdin.flush()
            answer = json.loads(self._tool.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def answers(self, port: int) -> bool:
        """Whether the server answers at all."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """Kills all of it: an orderly end waits up to ten seconds for what is under way, and nobody looks any more."""
        for process in [*self.webs, *self.workers]:
            process.kill()
        if self._tool is not None:
            assert self._tool.stdin is not None
            assert self._tool.stdout is not None
            self._tool.stdin.close()
            self._tool.wait(15)
            self._tool.stdout.close()


def ready(port: int) -> bool:
    """Whether the server says that everything is there, a worker included."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def installation(carrier_url: str = "", *, wired: bool = False, **variables: str) -> Iterator[Desk]:
    """A running desk, empty yet; the Twilio account that its tool makes is at `carrier_url`.

    Where it is `wired`, its programs reach the database through a wire that a test may cut; the test's tool does not.
    """
    with (
        tempfile.TemporaryDirectory(prefix="scopchat-test-", ignore_cleanup_errors=True) as name,
        contextlib.ExitStack() as stack,
    ):
        folder = Path(name)
        folder.chmod(0o711)
        template.copy_to(folder / "postgres")
        postgres = Server(Cluster(folder / "postgres", port=free_port()))
        postgres.start()
        ports = [free_port(), free_port()]
        environment = {
            **os.environ,
            "DATABASE_URL": postgres.cluster.url(),
            "SCOPCHAT_DATA_DIR": str(folder / "data"),
            "SCOPCHAT_PUBLIC_URL": f"http://127.0.0.1:{ports[0]}",
            "SCOPCHAT_ALLOWED_HOSTS": "127.0.0.1,localhost",
            "SCOPCHAT_ALLOW_PRIVATE_HOSTS": "1",
            "TEST_CARRIER_URL": carrier_url,
            **variables,
        }
        desk = Desk(postgres, folder, environment, ports)
        if wired:
            desk.wire = stack.enter_context(wire_to(postgres.cluster.port))
        try:
            desk.start()
            yield desk
        finally:
            for log in sorted(folder.glob("*.log")):
                print(f"--- {log.name}", *log.read_text().splitlines()[-60:], sep="\n")
            desk.stop()
            postgres.stop()
