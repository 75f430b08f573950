"""Automatic queues at work, on the database."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connections
from django_scopes import scope, scopes_disabled
from pytest_django import DjangoCaptureOnCommitCallbacks

from scopchat.accounts import presence
from scopchat.accounts.models import Presence
from scopchat.automation import distribution
from scopchat.automation.distribution import distribute_everywhere, distribute_in, run
from scopchat.automation.tests.queues import at, automatic, come, go, holders, texts, thread, works
from scopchat.interactions.models import Interaction, InteractionEvent
from scopchat.interactions.services import holding, lifecycle
from scopchat.interactions.services.receive import receive
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.interactions.tests.test_receive import arrival
from scopchat.queues.distribution import Mode, Priority, Terms
from scopchat.queues.services import create_queue
from tests.at_once import at_once, ended_or_held_up
from tests.cast import Cast


def test_what_waits_is_offered_in_turn_and_told_by_nobody(cast: Cast) -> None:
    automatic(cast)
    come(cast.agent, cast.agent2)
    one, two, three = texts(cast, 3)
    works(cast, 1)
    assert holders([one, two, three]) == ["sophie", "linh", "sophie"]
    assert thread(one) == [("offered", None, "sophie")]
    with scope(company=cast.client):
        one.refresh_from_db()
        assert (one.offered_at, one.status) == (at(1), "waiting")
        assert "La conversation a été attribuée à Sophie Roy" in {
            event.sentence for event in InteractionEvent.objects.select_related("person", "about", "queue")
        }


def test_turns_go_on_in_the_next_run(cast: Cast) -> None:
    automatic(cast)
    come(cast.agent, cast.agent2)
    first = texts(cast, 1)
    works(cast, 1)
    second = [conversation(cast.channel_queue, f"+1438555{n:04}", minutes=2) for n in range(2)]
    works(cast, 3)
    assert holders(first + second) == ["sophie", "linh", "sophie"]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": InteractionStatus.OPEN, "waiting_since": None},
        {"status": InteractionStatus.PAUSED, "waiting_since": None},
        {"status": InteractionStatus.CLOSED, "closed_at": NOW},
        {"queue": None},
    ],
    ids=["answered", "paused", "closed", "of no queue"],
)
def test_only_what_waits_in_an_automatic_queue_is_offered(cast: Cast, changes: dict[str, Any]) -> None:
    automatic(cast)
    come(cast.agent)
    (one,) = texts(cast, 1, **changes)
    works(cast, 1)
    assert holders([one]) == [None]


def test_a_manual_queue_and_a_company_that_is_stopped_offer_nothing(cast: Cast) -> None:
    come(cast.agent)
    found = texts(cast, 1)
    works(cast, 1)
    assert holders(found) == [None]
    automatic(cast)
    type(cast.client).objects.filter(pk=cast.client.pk).update(is_active=False)
    works(cast, 2)
    with scopes_disabled():
        distribute_everywhere()
    assert holders(found) == [None]


@pytest.mark.parametrize("how", [Presence.BUSY, Presence.AWAY, Presence.OFFLINE])
def test_who_is_not_there_gets_nothing_new_and_coming_drains_the_queue(cast: Cast, how: Presence) -> None:
    automatic(cast)
    come(cast.agent)
    go(cast.agent, minutes=1, how=how)
    found = texts(cast, 2)
    works(cast, 2)
    assert holders(found) == [None, None]
    come(cast.agent, minutes=3)
    works(cast, 3)
    assert holders(found) == ["sophie", "sophie"]


def test_limits_count_all_that_an_agent_has(cast: Cast) -> None:
    automatic(cast, max_open=3)
    come(cast.agent)
    conversation(cast.channel_user, "+14385550001", assignee=cast.agent, status=InteractionStatus.OPEN)
    conversation(cast.channel_user, "+14385550002", assignee=cast.agent, status=InteractionStatus.CLOSED, closed_at=NOW)
    found = texts(cast, 4)
    works(cast, 1)
    assert holders(found) == ["sophie", "sophie", None, None]
    with scope(company=cast.client):
        mine = Interaction.objects.select_related("assignee").get(pk=found[0].pk)
        lifecycle.close(interaction=mine, acting=cast.agent, now=at(2))
    works(cast, 3)
    assert holders(found[1:]) == ["sophie", "sophie", None]


def test_the_higher_queue_is_served_first_by_agents_of_both(cast: Cast) -> None:
    automatic(cast, max_open=1)
    with scope(company=cast.client):
        urgent = create_queue(
            company=cast.client,
            name="Urgence",
            agents=[cast.agent],
            terms=Terms(distribution=Mode.LEAST_BUSY, priority=Priority.HIGH, max_open=1),
        )
    come(cast.agent)
    old = conversation(cast.channel_queue, "+14385550001", minutes=-60)
    new = conversation(cast.channel_queue, "+14385550002", minutes=-1, queue=urgent)
    works(cast, 1)
    assert holders([old, new]) == [None, "sophie"]


def test_who_released_it_is_not_offered_it(cast: Cast) -> None:
    automatic(cast)
    come(cast.agent)
    (one,) = texts(cast, 1, assignee=cast.agent)
    with scope(company=cast.client):
        holding.release(interaction=Interaction.objects.get(pk=one.pk), acting=cast.agent, now=at(1))
    works(cast, 30)
    assert holders([one]) == [None]
    come(cast.agent2, minutes=31)
    works(cast, 31)
    assert holders([one]) == ["linh"]


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_offer_each_once(cast: Cast) -> None:
    automatic(cast, distribution=Mode.LEAST_BUSY, max_open=8)
    come(cast.agent, cast.agent2)
    found = texts(cast, 20)

    def running() -> object:
        with scopes_disabled():
            run(cast.client.pk, now=at(1))
        return None

    assert at_once(cast.client, running, running) == [None, None]
    assert sorted(holders(found), key=str) == [None] * 4 + ["linh"] * 8 + ["sophie"] * 8
    assert [len(thread(one)) for one in found] == [1] * 16 + [0] * 4


@pytest.mark.django_db(transaction=True)
def test_a_run_in_the_midst_of_another_fills_nobody_past_the_limit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    automatic(cast, max_open=2)
    come(cast.agent)
    found = texts(cast, 4)
    look, others = distribution._waiting, []

    def other() -> None:
        try:
            works(cast, 1)
        finally:
            connections.close_all()

    def look_late(*values: Any) -> Any:
        """The other begins once this one has read what its agents have."""
        if not others:
            others.append(Thread(target=other))
            others[0].start()
            ended_or_held_up(others[0])
        return look(*values)

    monkeypatch.setattr(distribution, "_waiting", look_late)
    works(cast, 1)
    others[0].join()
    assert holders(found) == ["sophie", "sophie", None, None]


def test_the_longest_idle_looks_at_every_queue_and_at_who_came_when(cast: Cast) -> None:
    automatic(cast, distribution=Mode.LONGEST_IDLE)
    with scope(company=cast.client):
        terms = Terms(distribution=Mode.ROUND_ROBIN, priority=Priority.HIGH)
        other = create_queue(company=cast.client, name="Autre", agents=[cast.agent], terms=terms)
    come(cast.agent2)
    come(cast.agent, minutes=1)
    first = conversation(cast.channel_queue, "+14385550001")
    works(cast, 2)
    elsewhere = conversation(cast.channel_queue, "+14385550002", queue=other)
    works(cast, 3)
    second = [conversation(cast.channel_queue, f"+1438555001{n}") for n in range(2)]
    works(cast, 4)
    assert holders([first, elsewhere, *second]) == ["linh", "sophie", "linh", "sophie"]


@pytest.mark.django_db(transaction=True)
def test_who_takes_it_at_that_moment_has_it(cast: Cast) -> None:
    automatic(cast)
    come(cast.agent)
    (one,) = texts(cast, 1)
    with scope(company=cast.client):
        seen = Interaction.objects.get(pk=one.pk)

    def running() -> object:
        with scopes_disabled():
            run(cast.client.pk, now=at(1))
        return None

    taken, ran = at_once(cast.client, lambda: holding.take(interaction=seen, acting=cast.manager, now=at(1)), running)
    assert ran is None
    assert [row[0] for row in thread(one)] in (["taken"], ["offered"])
    assert holders([one]) == (["karim"] if taken is None else ["sophie"])


def test_a_long_queue_is_drained_in_several_transactions(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distribution, "AT_A_TIME", 2)
    automatic(cast)
    come(cast.agent)
    found = texts(cast, 5)
    with scopes_disabled():
        distribute_in(cast.client.pk)
    assert holders(found) == ["sophie"] * 5


def test_the_sweep_finds_what_no_event_told(cast: Cast) -> None:
    automatic(cast)
    come(cast.agent)
    found = texts(cast, 1)
    with scopes_disabled():
        distribute_everywhere()
    assert holders(found) == ["sophie"]


class Asked:
    """Runs that were asked for, as companies."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, committing: DjangoCaptureOnCommitCallbacks) -> None:
        self._companies: list[int] = []
        self._committing = committing
        monkeypatch.setattr("scopchat.automation.listeners.ask_to_distribute", self._companies.extend)

    def by(self, act: Any) -> list[int]:
        self._companies.clear()
        with self._committing(execute=True):
            act()
        return self._companies


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Asked:
    return Asked(monkeypatch, django_capture_on_commit_callbacks)


def test_events_ask_for_a_run(cast: Cast, asked: Asked) -> None:
    client = [cast.client.pk]

    def text(sender: str) -> None:
        with scopes_disabled():
            receive(arrivals=[arrival(cast.channel_queue, sender, sender=sender)], now=NOW)

    def act(step: Any, **values: Any) -> None:
        with scope(company=cast.client):
            one = Interaction.objects.select_related("assignee").get(pk=values.pop("one").pk)
            step(interaction=one, acting=cast.manager, now=NOW, **values)

    assert asked.by(lambda: text("+14505550001")) == []
    automatic(cast)
    assert asked.by(lambda: text("+14505550002")) == client
    mine, other = texts(cast, 2, assignee=cast.manager)
    assert asked.by(lambda: text(mine.customer)) == []
    assert asked.by(lambda: act(lifecycle.acknowledge, one=mine)) == []
    assert asked.by(lambda: act(holding.release, one=mine)) == client
    assert asked.by(lambda: act(holding.give_to_queue, one=other, queue=cast.queue)) == client
    assert asked.by(lambda: act(lifecycle.close, one=other)) == client
    assert asked.by(lambda: come(cast.agent)) == client
    assert asked.by(lambda: presence.settle(now=at(60))) == []
    assert asked.by(lambda: presence.keep([cast.agent.pk], now=at(61))) == []
    assert asked.by(lambda: presence.be_active(person=cast.agent, ago=timedelta(), now=at(62))) == client
