"""Shards routed together: each in its order, none held up by another's trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from django_scopes import scope, scopes_disabled

from scopchat.channels.models import Channel, Destination, EventState
from scopchat.channels.services import create_channel
from scopchat.gateway import router
from scopchat.gateway.tests.conftest import Desk
from scopchat.gateway.tests.test_router import arrive, states
from scopchat.gateway.together import Together
from scopchat.interactions.models import Message


def another_channel(desk: Desk) -> Channel:
    """Of another shard."""
    with scope(company=desk.cast.client):
        return create_channel(
            company=desk.cast.client, provider=desk.provider, name="Secondaire", address="+15145550101",
            destination=Destination.QUEUE, queue=desk.cast.queue, throughput=100,
        )  # fmt: skip


def routed(*shards: int) -> set[int]:
    with scopes_disabled():
        return router.route_together(sorted(shards))


def texts(channel: Channel) -> list[str]:
    with scope(company=channel.company):
        return [*Message.objects.filter(channel=channel).order_by("id").values_list("text", flat=True)]


@pytest.mark.django_db
def test_each_shard_gets_an_equal_share_and_those_with_more_are_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router, "BATCH", 4)
    other = another_channel(desk)
    for n in range(3):
        arrive(desk, f"{n}")
    arrive(desk, "ailleurs", to=other.address)

    assert routed(desk.channel.shard, other.shard) == {desk.channel.shard}
    assert (texts(desk.channel), texts(other)) == (["0", "1"], ["ailleurs"])
    assert routed(desk.channel.shard, other.shard) == set()
    assert texts(desk.channel) == ["0", "1", "2"]
    assert states() == ["done"] * 4


@pytest.mark.django_db
def test_what_the_database_refuses_in_one_shard_holds_up_no_other(desk: Desk) -> None:
    other = another_channel(desk)
    arrive(desk, "x", sender="9" * 60)
    arrive(desk, "ailleurs", to=other.address)
    arrive(desk, "après")

    assert routed(desk.channel.shard, other.shard) == set()
    assert (texts(desk.channel), texts(other)) == (["après"], ["ailleurs"])
    assert states() == [EventState.SET_ASIDE, "done", "done"]


class Routing:
    """Stands in for the router: each batch lasts until it is let go, or fails."""

    def __init__(self, *outcomes: set[int] | Exception) -> None:
        self.batches: list[Sequence[int]] = []
        self.outcomes = list(outcomes)
        self.go = asyncio.Event()

    async def __call__(self, _function: object, shards: Sequence[int]) -> set[int]:
        self.batches.append(shards)
        await self.go.wait()
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


async def test_what_comes_during_a_batch_is_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    routing, together = Routing({3}, set()), Together()
    monkeypatch.setattr("scopchat.gateway.together.in_thread_unscoped", routing)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(together.route(3))
        while not routing.batches:
            await asyncio.sleep(0)
        rest = [group.create_task(together.route(shard)) for shard in (9, 3, 5)]
        await asyncio.sleep(0)
        routing.go.set()
    assert routing.batches == [[3], [3, 5, 9]]
    assert (first.result(), [task.result() for task in rest]) == (True, [False] * 3)


async def test_a_batch_that_fails_fails_for_its_shards_and_no_later_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    routing, together = Routing(LookupError("gone"), set()), Together()
    monkeypatch.setattr("scopchat.gateway.together.in_thread_unscoped", routing)
    routing.go.set()
    outcomes = await asyncio.gather(together.route(1), together.route(2), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [LookupError, LookupError]
    assert await together.route(1) is False
