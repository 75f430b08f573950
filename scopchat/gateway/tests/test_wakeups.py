"""How soon and how often drains are asked for. Seconds are those of a clock that leaps."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from structlog.testing import capture_logs

from scopchat.gateway.tests.hurried_loop import HurriedLoop
from scopchat.gateway.wakeups import RUSH, WINDOW_SECONDS, Wakeups

PACE = pytest.approx(1 / 150)


@dataclass
class Jobs:
    """Stands where Procrastinate takes jobs: each takes `seconds`; the first ones end as `errors` say."""

    seconds: float = 0
    errors: list[Exception] = field(default_factory=list)
    shards: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    under_way: int = 0

    def configure_task(self, **options: Any) -> Jobs:
        self.options = options
        return self

    async def defer_async(self, *, shard: int) -> None:
        self.shards.append(shard)
        self.times.append(asyncio.get_running_loop().time())
        self.under_way += 1
        await asyncio.sleep(self.seconds)
        self.under_way -= 1
        if self.errors:
            raise self.errors.pop(0)


def play(jobs: Jobs, scene: Callable[[Wakeups], Awaitable[None]]) -> None:
    """Plays the scene while the wakeups run, then gives them ten seconds."""

    async def whole() -> None:
        wakeups = Wakeups(jobs, clock=asyncio.get_running_loop().time)  # type: ignore[arg-type]
        running = asyncio.create_task(wakeups.run())
        await scene(wakeups)
        await asyncio.sleep(10)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running

    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        runner.run(whole())


def ask(*shards: int) -> Callable[[Wakeups], Awaitable[None]]:
    """A scene in which these shards ask in the same instant."""

    async def scene(wakeups: Wakeups) -> None:
        for shard in shards:
            wakeups.ask(shard)

    return scene


async def rush(wakeups: Wakeups, *shards: int) -> None:
    """A quarter of a second in which these shards ask by turns, as often as it takes to be a rush."""
    await asyncio.sleep(WINDOW_SECONDS)
    for n in range(int(2 * RUSH * WINDOW_SECONDS)):
        wakeups.ask(shards[n % len(shards)])


def test_the_first_event_of_a_shard_asks_at_once() -> None:
    jobs = Jobs()
    play(jobs, ask(7))
    assert (jobs.shards, jobs.times) == ([7], [0.0])
    assert (jobs.options["name"], jobs.options["queueing_lock"]) == ("scopchat.gateway.tasks.route", "route:7")


def test_many_events_of_a_shard_ask_once() -> None:
    jobs = Jobs()
    play(jobs, ask(7, 7, 7))
    assert jobs.shards == [7]


def test_shards_take_turns_at_the_pace_the_database_bears() -> None:
    jobs = Jobs()
    play(jobs, ask(3, 1, 2))
    assert jobs.shards == [3, 1, 2]
    assert [later - earlier for earlier, later in zip(jobs.times, jobs.times[1:], strict=False)] == [PACE, PACE]


def test_a_shard_asked_again_while_its_job_is_queued_is_asked_again_after() -> None:
    async def scene(wakeups: Wakeups) -> None:
        wakeups.ask(7)
        await asyncio.sleep(0.5)
        assert jobs.under_way == 1
        wakeups.ask(7)

    jobs = Jobs(seconds=1)
    play(jobs, scene)
    assert (jobs.shards, jobs.times) == ([7, 7], [0.0, 0.5])


def test_no_more_than_eight_are_under_way() -> None:
    async def scene(wakeups: Wakeups) -> None:
        await ask(*range(20))(wakeups)
        await asyncio.sleep(0.9)
        assert jobs.under_way == 8

    jobs = Jobs(seconds=1)
    play(jobs, scene)
    assert jobs.shards == list(range(20))


def test_a_job_that_is_queued_already_is_fine() -> None:
    jobs = Jobs(errors=[AlreadyEnqueued()])
    with capture_logs() as said:
        play(jobs, ask(1, 2))
    assert (jobs.shards, said) == ([1, 2], [])


def test_a_database_error_is_told_and_does_not_end_it() -> None:
    jobs = Jobs(errors=[ConnectorException()])
    with capture_logs() as said:
        play(jobs, ask(1, 2))
    assert jobs.shards == [1, 2]
    assert [(line["event"], line["shard"]) for line in said] == [("drain_not_deferred", 1)]


def test_in_a_rush_one_asks_at_a_time_and_rests_after() -> None:
    async def scene(wakeups: Wakeups) -> None:
        await rush(wakeups, 1, 2, 3)

    jobs = Jobs(seconds=0.01)
    play(jobs, scene)
    assert jobs.shards == [1, 2, 3]
    assert jobs.times == pytest.approx([0.25, 0.32, 0.39])


def test_after_a_rush_the_pace_is_as_before() -> None:
    async def scene(wakeups: Wakeups) -> None:
        await rush(wakeups, 1)
        await asyncio.sleep(0.3)
        await ask(2, 3)(wakeups)

    jobs = Jobs(seconds=0.01)
    play(jobs, scene)
    assert jobs.shards == [1, 2, 3]
    assert jobs.times[2] - jobs.times[1] == PACE
