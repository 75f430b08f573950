"""Keeps programs running: one that dies is started again, and all stop in order."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from scopchat.ops.parent import VARIABLE
from scopchat.ops.postgres.account import Launch

FIRST_PAUSE_SECONDS = 0.25
MAX_PAUSE_SECONDS = 2.0
"""Seconds between a death and the next start: doubling, because what fails at once mostly fails again."""
HEALTHY_SECONDS = 10.0
"""A program that ran this long begins again with the first pause."""


async def _nothing() -> None:
    """The default preparation."""


@dataclass(frozen=True, slots=True)
class Program:
    """Something to keep running."""

    name: str
    launch: Callable[[], Launch]
    environment: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 15.0
    """Seconds it may take to stop before it is killed."""
    prepare: Callable[[], Awaitable[None]] = field(default=_nothing)
    """Runs before each start."""
    output: Path | None = None
    """The file that takes what it prints since its last start; None is the terminal."""


def say(text: str) -> None:
    """A line for the person at the terminal."""
    print(f"scopchat: {text}", file=sys.stderr, flush=True)


class Kept:
    """One program and the task that keeps it running. Made inside a running event loop."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._stopping = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._task = asyncio.create_task(self._keep())

    @property
    def pid(self) -> int | None:
        """The process at this moment, if one runs."""
        return self._process.pid if self._process else None

    async def stop(self) -> None:
        """Asks it to stop and waits; kills it once its patience is over."""
        self._stopping.set()
        self._signal(self.program.stop_signal)
        done, _ = await asyncio.wait([self._task], timeout=self.program.patience)
        if not done:
            say(f"{self.program.name} did not stop in {self.program.patience:.0f} s and is killed")
            self._signal(signal.SIGKILL)
        await self._task

    async def _keep(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            started = time.monotonic()
            how = await self._run_once()
            if self._stopping.is_set():
                return
            pause = FIRST_PAUSE_SECONDS if time.monotonic() - started > HEALTHY_SECONDS else pause
            say(f"{self.program.name} ended ({how}); starting it again")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(pause * 2, MAX_PAUSE_SECONDS)

    async def _run_once(self) -> str:
        """Starts it and waits for its end; returns how it ended, in words."""
        try:
            await self.program.prepare()
            launch = self.program.launch()
            environment = {**self.program.environment, VARIABLE: str(os.getpid())}
            with ExitStack() as files:
                path = self.program.output
                output = files.enter_context(path.open("wb")) if path else None
                self._process = await asyncio.create_subprocess_exec(
                    *launch.command, env=environment, stdout=output, stderr=output, **launch.options()
                )
        except Exception as error:
            # Whatever is in the way now may not be in a moment, and the other programs need their supervisor.
            return f"{type(error).__name__}: {error}"
        if self._stopping.is_set():
            self._signal(self.program.stop_signal)
        code = await self._process.wait()
        self._process = None
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)


def stop_requested() -> asyncio.Event:
    """An event set by Ctrl-C, SIGTERM or the terminal closing. Called inside a running event loop."""
    event = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, event.set)
    return event


class Stopped(Exception):
    """The person asked to stop while something was being waited for."""


async def unless_stopped[T](work: Awaitable[T], stop: asyncio.Event) -> T:
    """The result of `work`. Raises `Stopped`, with `work` cancelled, when the request to stop comes first."""
    task = asyncio.ensure_future(work)
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        return task.result()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    raise Stopped
