"""How soon and how often drains are asked for. Seconds are those of a clock that leaps."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import OperationalError
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from structlog.testing import capture_logs

from scopchat.gateway.tests.hurried_loop import HurriedLoop
from scopchat.gateway.wakeups import Wakeups

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


@dataclass
class Journal:
    """Stands where the first waiting event of shards is looked up."""

    first: dict[int, int] = field(default_factory=dict)
    looks: list[list[int]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    async def __call__(self, shards: list[int]) -> dict[int, int]:
        self.looks.append(shards)
        if self.errors:
            raise self.errors.pop(0)
        return {shard: self.first[shard] for shard in shards if shard in self.first}


def play(jobs: Jobs, scene: Callable[[Wakeups], Awaitable[None]], journal: Journal | None = None) -> None:
    """Plays the scene while the wakeups run, then gives them ten seconds."""

    async def whole() -> None:
        clock = asyncio.get_running_loop().time
        wakeups = Wakeups(jobs, journal or Journal(), clock=clock)  # type: ignore[arg-type]
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


def again(*moments: float, report: bool = False) -> Callable[[Wakeups], Awaitable[None]]:
    """A scene in which shard 7 asks now and at each of these moments."""

    async def scene(wakeups: Wakeups) -> None:
        wakeups.ask(7)
        for moment in moments:
            await asyncio.sleep(moment - asyncio.get_running_loop().time())
            wakeups.ask(7, report=report)

    return scene


def test_an_event_soon_after_another_leaves_it_to_the_run_that_lingers() -> None:
    jobs, journal = Jobs(), Journal()
    play(jobs, again(3.0), journal)
    assert jobs.times == [0.0]
    assert journal.looks == [[7]]


def test_a_receipt_soon_after_another_event_is_not_even_watched() -> None:
    jobs, journal = Jobs(), Journal(first={7: 1})
    play(jobs, again(3.0, report=True), journal)
    assert jobs.times == [0.0]
    assert journal.looks == []


def test_a_receipt_long_after_another_event_asks_at_once() -> None:
    jobs = Jobs()
    play(jobs, again(4.0, report=True))
    assert jobs.times == [0.0, 4.0]


def test_an_event_long_after_another_asks_at_once() -> None:
    jobs = Jobs()
    play(jobs, again(4.0))
    assert jobs.times == [0.0, 4.0]


def test_a_shard_whose_event_nobody_handles_is_asked_for_until_somebody_does() -> None:
    jobs, journal = Jobs(), Journal(first={7: 1})

    async def scene(wakeups: Wakeups) -> None:
        await again(3.0)(wakeups)
        await asyncio.sleep(2)
        journal.first.clear()

    play(jobs, scene, journal)
    assert jobs.times == pytest.approx([0.0, 3.3, 4.35])


def test_a_shard_whose_events_go_one_after_another_is_not_asked_for() -> None:
    jobs, journal = Jobs(), Journal(first={7: 1})

    async def scene(wakeups: Wakeups) -> None:
        await again(3.0)(wakeups)
        for event in range(2, 12):
            journal.first = {7: event}
            await asyncio.sleep(0.15)
        journal.first.clear()

    play(jobs, scene, journal)
    assert jobs.times == [0.0]


def test_a_database_that_cannot_be_asked_ends_nothing() -> None:
    jobs, journal = Jobs(), Journal(errors=[OperationalError()])
    with capture_logs() as said:
        play(jobs, again(3.0, 8.0), journal)
    assert jobs.times == [0.0, 8.0]
    assert [line["event"] for line in said] == ["shards_not_watched"]


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
