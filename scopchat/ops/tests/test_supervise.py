"""Programs that die are started again; all stop when told."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from scopchat.ops.postgres.account import Launch
from scopchat.ops.supervise import Kept, Program, Stopped, unless_stopped
from scopchat.ops.tests.polling import until

SLEEPER = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
SUPERVISOR = '''
import asyncio, os, sys
from scopchat.ops.postgres.account import Launch
from scopchat.ops.supervise import Kept, Program
child = """
from scopchat.ops.parent import end_with_parent
import time
end_with_parent()
print("ready", flush=True)
time.sleep(600)
"""
async def main():
    kept = Kept(Program("child", lambda: Launch((sys.executable, "-c", child)), dict(os.environ)))
    while kept.pid is None:
        await asyncio.sleep(0.01)
    print(kept.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
'''


def _program(code: str, **options: object) -> Program:
    return Program("test", lambda: Launch((sys.executable, "-c", code)), dict(os.environ), **options)  # type: ignore[arg-type]


async def _pid(kept: Kept, *, other_than: int | None = None) -> int:
    async with asyncio.timeout(20):
        while kept.pid is None or kept.pid == other_than:
            await asyncio.sleep(0.01)
        return kept.pid


async def test_it_starts_a_killed_program_again() -> None:
    kept = Kept(_program(SLEEPER))
    first = await _pid(kept)

    os.kill(first, signal.SIGKILL)

    assert await _pid(kept, other_than=first) != first
    await kept.stop()


async def test_it_leaves_nothing_running_when_stopped() -> None:
    kept = Kept(_program(SLEEPER))
    pid = await _pid(kept)

    await kept.stop()

    assert kept.pid is None
    assert not psutil.pid_exists(pid)


async def test_it_kills_a_program_that_does_not_stop() -> None:
    kept = Kept(_program(DEAF, patience=0.1, stop_signal=signal.SIGCONT))
    pid = await _pid(kept)

    await kept.stop()

    assert not psutil.pid_exists(pid)


async def test_it_goes_on_trying_a_program_that_cannot_be_started(capfd: pytest.CaptureFixture[str]) -> None:
    kept = Kept(Program("test", lambda: Launch(("/nowhere/at/all",)), {}))
    async with asyncio.timeout(20):
        while capfd.readouterr().err.count("starting it again") < 1:
            await asyncio.sleep(0.01)

    await kept.stop()


async def test_it_prepares_before_each_start(tmp_path: Path) -> None:
    prepared: list[int] = []

    async def prepare() -> None:
        prepared.append(1)

    kept = Kept(_program(SLEEPER, prepare=prepare))
    first = await _pid(kept)
    os.kill(first, signal.SIGKILL)
    await _pid(kept, other_than=first)
    await kept.stop()

    assert prepared == [1, 1]


async def test_it_ends_a_child_whose_supervisor_was_killed() -> None:
    supervisor = await asyncio.create_subprocess_exec(sys.executable, "-c", SUPERVISOR, stdout=asyncio.subprocess.PIPE)
    assert supervisor.stdout is not None
    lines = {(await supervisor.stdout.readline()).strip() for _ in range(2)}
    (child,) = (int(line) for line in lines if line != b"ready")

    supervisor.kill()
    await supervisor.wait()

    await asyncio.to_thread(until, lambda: not psutil.pid_exists(child), what="the child's end")


async def test_it_gives_the_result_of_what_it_waits_for() -> None:
    assert await unless_stopped(asyncio.sleep(0, "done"), asyncio.Event()) == "done"


async def test_it_gives_up_waiting_when_asked_to_stop() -> None:
    stop = asyncio.Event()
    stop.set()

    with pytest.raises(Stopped):
        await unless_stopped(asyncio.Event().wait(), stop)
