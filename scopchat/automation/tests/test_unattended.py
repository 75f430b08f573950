"""What waits too long because nobody is there: brought to the managers, back to its members, or closed. Once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django_scopes import scope, scopes_disabled
from pytest_django import DjangoCaptureOnCommitCallbacks

from scopchat.accounts.models import Presence, User
from scopchat.automation.models import Absence
from scopchat.automation.services.unattended import attend, attend_everywhere
from scopchat.automation.tests.places import office, when_nobody
from scopchat.automation.tests.queues import at, come, go, holders, thread
from scopchat.interactions.models import Interaction, Message
from scopchat.interactions.services import holding, lifecycle
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.tenancy.models import Company
from tests.cast import Cast

SORRY = "Désolés de ne pas avoir pu vous répondre."


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scopchat.interactions.services.outbox.defer_drain", lambda _work, _shard: None)


@pytest.fixture
def works(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    def sweep(cast: Cast, minutes: float) -> None:
        with scope(company=cast.client), django_capture_on_commit_callbacks(execute=True):
            attend(now=at(minutes))

    return sweep


def happened(interaction: Interaction) -> list[str]:
    return [row[0] for row in thread(interaction)]


def fresh(interaction: Interaction) -> Interaction:
    with scopes_disabled():
        found: Interaction = Interaction.objects.get(pk=interaction.pk)
    return found


def test_nothing_happens_that_nobody_asked_for(cast: Cast, works: Any) -> None:
    waiting = conversation(cast.channel_queue)
    works(cast, 100_000)
    assert happened(waiting) == []


def test_what_nobody_takes_is_brought_to_the_managers_once(cast: Cast, works: Any) -> None:
    when_nobody(cast, cast.queue, escalate_after=15)
    waiting = conversation(cast.channel_queue)
    works(cast, 14.9)
    assert happened(waiting) == []
    works(cast, 15)
    works(cast, 60)
    assert thread(waiting) == [("escalated", None, None)]
    assert fresh(waiting).escalated_at == at(15)


def test_any_step_ends_that_and_what_comes_back_is_brought_again(cast: Cast, works: Any) -> None:
    when_nobody(cast, cast.queue, escalate_after=15)
    waiting = conversation(cast.channel_queue)
    works(cast, 15)
    with scope(company=cast.client):
        holding.take(interaction=fresh(waiting), acting=cast.manager, now=at(16))
    assert fresh(waiting).escalated_at is None
    works(cast, 40)
    with scope(company=cast.client):
        holding.release(interaction=fresh(waiting), acting=cast.manager, now=at(41))
    works(cast, 42)
    assert happened(waiting) == ["escalated", "taken", "released", "escalated"]


def test_what_was_given_and_not_accepted_is_nobody_s(cast: Cast, works: Any) -> None:
    when_nobody(cast, cast.queue, escalate_after=15)
    given = conversation(cast.channel_queue, assignee=cast.agent, offered_at=at(10))
    works(cast, 24)
    assert happened(given) == []
    works(cast, 25)
    assert happened(given) == ["escalated"]


def test_only_minutes_of_opening_count(cast: Cast, works: Any) -> None:
    """The text came on Monday at nine; it closes at noon, and opens on Tuesday at eight."""
    hours = office(cast, week=[[["08:00", "12:00"]]] * 7)
    when_nobody(cast, cast.queue, hours=hours, escalate_after=190)
    waiting = conversation(cast.channel_queue)
    works(cast, 12 * 60)
    assert happened(waiting) == []
    works(cast, 23 * 60 + 9)
    assert happened(waiting) == []
    works(cast, 23 * 60 + 10)
    assert happened(waiting) == ["escalated"]


def test_what_nobody_takes_for_hours_is_closed_with_a_text(cast: Cast, works: Any) -> None:
    when_nobody(cast, cast.queue, close_after=24, closing_text=SORRY)
    waiting, answered = conversation(cast.channel_queue), conversation(cast.channel_queue, "+15145550199")
    with scope(company=cast.client):
        lifecycle.acknowledge(interaction=fresh(answered), acting=cast.manager, now=NOW)
    works(cast, 24 * 60 - 1)
    assert fresh(waiting).status == "waiting"
    works(cast, 24 * 60)
    works(cast, 48 * 60)
    assert thread(waiting) == [("ended", None, None)]
    assert (fresh(waiting).status, fresh(waiting).closed_at) == ("closed", at(24 * 60))
    assert fresh(answered).status == "open"
    with scope(company=cast.client):
        assert list(Message.objects.filter(purpose=3).values_list("text", "interaction")) == [(SORRY, waiting.pk)]


def test_it_is_closed_even_where_the_text_cannot_go(cast: Cast, works: Any) -> None:
    when_nobody(cast, cast.queue, close_after=24, closing_text=SORRY)
    waiting = conversation(cast.channel_queue)
    with scopes_disabled():
        Company.objects.filter(pk=cast.client.pk).update(max_segments_day=0)
    works(cast, 24 * 60)
    assert fresh(waiting).status == "closed"
    with scope(company=cast.client):
        assert not Message.objects.filter(purpose=3).exists()


@pytest.mark.parametrize("how", [Presence.OFFLINE, Presence.AWAY])
@pytest.mark.parametrize(
    ("absence", "told", "holder", "status"),
    [
        (Absence.MANAGERS, "escalated_from", "sophie", "waiting"),
        (Absence.MEMBERS, "left_behind", None, "waiting"),
        (Absence.CLOSE, "ended_from", "sophie", "closed"),
    ],
)
def test_a_customer_who_waits_for_somebody_who_is_gone(
    cast: Cast, works: Any, how: Presence, absence: Absence, told: str, holder: str | None, status: str
) -> None:
    when_nobody(cast, cast.channel_queue, absent_after=10, absence=absence, closing_text=SORRY)
    come(cast.agent)
    held = conversation(cast.channel_queue, assignee=cast.agent)
    works(cast, 60)
    assert happened(held) == []
    go(cast.agent, minutes=60, how=how)
    works(cast, 69.9)
    assert happened(held) == []
    works(cast, 70)
    works(cast, 71)
    assert thread(held) == [(told, None, "sophie")]
    assert (holders([held]), fresh(held).status) == ([holder], status)
    with scope(company=cast.client):
        assert Message.objects.filter(purpose=3).count() == (1 if status == "closed" else 0)


def test_any_agent_takes_what_came_back_to_the_members(cast: Cast, works: Any) -> None:
    """In a queue by hand nobody but a manager takes what was not released."""
    when_nobody(cast, cast.channel_queue, absent_after=10, absence=Absence.MEMBERS)
    go(cast.agent, minutes=0)
    held = conversation(cast.channel_queue, assignee=cast.agent)
    works(cast, 10)
    with scope(company=cast.client):
        holding.take(interaction=fresh(held), acting=cast.agent2, now=at(11))
    assert holders([held]) == ["linh"]


def test_who_is_disabled_never_comes_back(cast: Cast, works: Any) -> None:
    when_nobody(cast, cast.channel_user, absent_after=10, absence=Absence.MEMBERS)
    come(cast.user)
    held = conversation(cast.channel_user, assignee=cast.user)
    works(cast, 30)
    assert happened(held) == []
    User.objects.filter(pk=cast.user.pk).update(is_active=False)
    works(cast, 31)
    assert thread(held) == [("left_behind", None, cast.user.username)]


def test_while_no_customer_waits_it_stays_with_who_is_gone(cast: Cast, works: Any) -> None:
    when_nobody(cast, cast.channel_queue, absent_after=10, absence=Absence.CLOSE)
    go(cast.agent, minutes=0)
    held = conversation(cast.channel_queue, assignee=cast.agent, status="open", waiting_since=None)
    paused = conversation(cast.channel_queue, "+15145550199", assignee=cast.agent, status="paused", waiting_since=None)
    works(cast, 1000)
    assert [happened(one) for one in (held, paused)] == [[], []]


def test_a_company_that_is_off_is_left_alone(cast: Cast) -> None:
    when_nobody(cast, cast.queue, escalate_after=15)
    waiting = conversation(cast.channel_queue, minutes=-(10**6))
    with scopes_disabled():
        Company.objects.filter(pk=cast.client.pk).update(is_active=False)
        attend_everywhere()
    assert happened(waiting) == []
    with scopes_disabled():
        Company.objects.filter(pk=cast.client.pk).update(is_active=True)
        attend_everywhere()
    assert happened(waiting) == ["escalated"]


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_the_same_moment_do_each_step_once(cast: Cast) -> None:
    when_nobody(cast, cast.queue, close_after=24, closing_text=SORRY)
    found = [conversation(cast.channel_queue, f"+1514555{n:04}") for n in range(20)]

    def sweep() -> None:
        try:
            with scope(company=cast.client):
                attend(now=NOW + timedelta(days=1))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(sweep) for _ in range(4)]:
            done.result()
    assert [happened(one) for one in found] == [["ended"]] * 20
    with scope(company=cast.client):
        assert Message.objects.filter(purpose=3).count() == 20
