"""`scopchat up` as a person runs it: real processes, killed one by one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from scopchat.ops.postgres.external import free_port
from scopchat.ops.postgres.leftover import clear
from scopchat.ops.tests.polling import until

pytestmark = pytest.mark.processes
PARTS = ("ops.cli web", "ops.cli worker", "bin/postgres")
CLOSED = {"DATABASE_URL", "SCOPCHAT_PUBLIC_URL", "SCOPCHAT_SECRET_KEY", "SCOPCHAT_FIELD_KEYS", "SCOPCHAT_DATA_DIR"}


class Up:
    """One installation, started as often as a test likes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.output = folder / "output"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Unless it runs."""
        if self.is_running:
            return
        command = [sys.executable, "-m", "scopchat.ops.cli", "up", f"--port={self.port}", f"--data={self.folder}"]
        environment = {name: value for name, value in os.environ.items() if name not in CLOSED}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        until(lambda: "is ready" in self.said() or self.process.poll() is not None, what="the start")
        # It is ready as soon as the page answers; the worker may come a moment later.
        until(lambda: self.process.poll() is not None or set(self.parts()) == set(PARTS), what="every part")

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def parts(self) -> dict[str, psutil.Process]:
        """The child running each part at this moment."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            try:
                command = " ".join(child.cmdline())
            except psutil.Error:
                continue
            found |= {part: child for part in PARTS if part in command}
        return found

    def signal(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The one installation of these tests: the first of them starts it in an empty folder."""
    folder = tmp_path_factory.mktemp("up")
    for closed in (folder, folder.parent):
        closed.chmod(0o711)
    made = Up(folder)
    yield made
    if made.is_running:
        made.signal(signal.SIGTERM)
    clear(folder / "postgres")


def test_it_starts_everything_and_leaves_nothing_behind(up: Up) -> None:
    up.start()
    assert f"SCOPCHAT is ready at http://127.0.0.1:{up.port}" in up.said()
    assert "password bonjour-scopchat" in up.said()
    running = up.parts()
    assert set(running) == set(PARTS)

    assert up.signal(signal.SIGINT) == 0

    assert not any(process.is_running() for process in running.values())


def test_it_starts_each_killed_part_again(up: Up) -> None:
    up.start()
    for part in PARTS:
        killed = up.parts()[part]

        killed.kill()

        until(lambda p=part, k=killed: up.parts().get(p, k).pid != k.pid, what=f"the return of {part}")


def test_it_starts_again_after_it_was_killed_itself(up: Up) -> None:
    up.start()
    running = up.parts()
    up.signal(signal.SIGKILL)
    for part in ("ops.cli web", "ops.cli worker"):
        until(lambda p=running[part]: not p.is_running(), what=f"the end of {part}")

    up.start()

    assert "is ready" in up.said()
    assert not running["bin/postgres"].is_running()


def test_it_refuses_a_second_start_on_the_same_folder(up: Up) -> None:
    up.start()
    second = Up(up.folder)
    second.output = up.folder / "second"

    second.start()

    assert second.process.wait(10) == 2
    assert second.said().count("\n") == 1
    assert "already runs" in second.said()
