"""What goes back to its queue, and when: not taken in time, or its person gone for longer than the grace."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django_scopes import scope, scopes_disabled

from scopchat.accounts import presence
from scopchat.accounts.models import Presence, User
from scopchat.automation.distribution import distribute_everywhere
from scopchat.automation.tests.queues import at, automatic, come, go, holders, texts, thread, works
from scopchat.interactions.models import Interaction
from scopchat.interactions.services import holding, lifecycle
from scopchat.interactions.services.receive import receive
from scopchat.interactions.tests.desk import NOW
from scopchat.interactions.tests.test_receive import arrival
from tests.cast import Cast


def test_what_is_not_taken_in_time_goes_to_another_and_comes_again_only_later(cast: Cast) -> None:
    automatic(cast, take_back_after=5, max_open=1)
    come(cast.agent, cast.agent2)
    go(cast.agent2, minutes=0, how=Presence.BUSY)
    (one,) = texts(cast, 1)
    works(cast, 0)
    works(cast, 4.9)
    assert thread(one) == [("offered", None, "sophie")]
    works(cast, 5)
    assert holders([one]) == [None]
    assert thread(one)[1:] == [("not_taken", None, "sophie")]
    come(cast.agent2, minutes=6)
    works(cast, 6)
    assert holders([one]) == ["linh"]
    go(cast.agent2, minutes=7)
    works(cast, 9)
    assert holders([one]) == [None]
    works(cast, 10)
    assert holders([one]) == ["sophie"]
    assert [row[0] for row in thread(one)] == ["offered", "not_taken", "offered", "left_behind", "offered"]


def test_what_was_taken_stays(cast: Cast) -> None:
    automatic(cast, take_back_after=5)
    come(cast.agent)
    (one,) = texts(cast, 1)
    works(cast, 0)
    with scope(company=cast.client):
        fresh = Interaction.objects.select_related("assignee").get(pk=one.pk)
        holding.take(interaction=fresh, acting=cast.agent, now=at(1))
    works(cast, 60)
    assert holders([one]) == ["sophie"]


def test_a_phone_that_locks_for_a_minute_moves_nothing(cast: Cast) -> None:
    automatic(cast, take_back_after=None)
    presence.keep([cast.agent.pk, cast.agent2.pk], now=NOW)
    presence.choose(person=cast.agent2, presence=Presence.BUSY, now=NOW)
    found = texts(cast, 2)
    works(cast, 0)
    with scope(company=cast.client):
        accepted = Interaction.objects.select_related("assignee").get(pk=found[1].pk)
        holding.take(interaction=accepted, acting=cast.agent, now=NOW)
    for seconds in range(10, 70, 10):
        # Sophie’s page says nothing meanwhile.
        presence.keep([cast.agent2.pk], now=at(seconds / 60))
        presence.settle(now=at(seconds / 60))
        works(cast, seconds / 60)
    assert User.objects.get(pk=cast.agent.pk).presence == Presence.OFFLINE
    presence.keep([cast.agent.pk], now=at(61 / 60))
    works(cast, 3)
    assert holders(found) == ["sophie", "sophie"]
    assert [len(thread(one)) for one in found] == [1, 2]


def test_after_the_grace_what_was_not_accepted_or_waits_goes_to_who_is_there(cast: Cast) -> None:
    automatic(cast, take_back_after=None)
    come(cast.agent)
    offered, waiting, answered, paused = texts(cast, 4)
    works(cast, 0)
    with scope(company=cast.client):
        for one in (waiting, answered, paused):
            one = Interaction.objects.select_related("assignee").get(pk=one.pk)
            holding.take(interaction=one, acting=cast.agent, now=at(0.1))
        lifecycle.acknowledge(interaction=Interaction.objects.get(pk=answered.pk), acting=cast.agent, now=at(0.2))
        held = Interaction.objects.get(pk=paused.pk)
        lifecycle.pause(interaction=held, acting=cast.agent, until=None, now=at(0.2))
    go(cast.agent, minutes=1)
    come(cast.agent2, minutes=1)
    works(cast, 2.9)
    assert set(holders([offered, waiting, answered, paused])) == {"sophie"}
    works(cast, 3)
    assert holders([offered, waiting, answered, paused]) == ["linh", "linh", "sophie", "sophie"]
    assert thread(offered)[1:] == [("left_behind", None, "sophie"), ("offered", None, "linh")]
    with scopes_disabled():
        assert Interaction.objects.get(pk=waiting.pk).waiting_since == waiting.waiting_since
        receive(arrivals=[arrival(cast.channel_queue, "Allo ?", sender=answered.customer, place=600)], now=at(10))
    works(cast, 11)
    assert holders([answered]) == ["sophie"]
    works(cast, 12)
    assert holders([answered]) == ["linh"]


def test_what_is_given_to_somebody_absent_has_the_grace_too(cast: Cast) -> None:
    automatic(cast, grace=10, take_back_after=None)
    come(cast.agent)
    (one,) = texts(cast, 1)
    with scope(company=cast.client):
        fresh = Interaction.objects.select_related("assignee").get(pk=one.pk)
        holding.give(interaction=fresh, acting=cast.manager, to=cast.agent2, now=at(60))
    works(cast, 69.9)
    assert holders([one]) == ["linh"]
    works(cast, 70)
    assert holders([one]) == ["sophie"]


@pytest.mark.parametrize(
    "how",
    [lambda _person: presence.settle(now=at(2)), lambda person: go(person, minutes=2)],
    ids=["their page went", "chosen"],
)
def test_going_from_away_to_offline_begins_no_new_grace(cast: Cast, how: Callable[[User], None]) -> None:
    automatic(cast, take_back_after=None)
    come(cast.agent)
    (one,) = texts(cast, 1)
    works(cast, 0)
    go(cast.agent, minutes=1, how=Presence.AWAY)
    how(cast.agent)
    assert User.objects.get(pk=cast.agent.pk).presence == Presence.OFFLINE
    works(cast, 3)
    assert thread(one)[1:] == [("left_behind", None, "sophie")]


def test_who_let_it_pass_by_going_is_asked_as_soon_as_they_are_back(cast: Cast) -> None:
    automatic(cast, take_back_after=5, grace=10)
    presence.keep([cast.agent.pk], now=NOW)
    (one,) = texts(cast, 1)
    works(cast, 0)
    presence.settle(now=at(4))
    works(cast, 5)
    assert holders([one]) == [None]
    presence.keep([cast.agent.pk], now=at(6))
    works(cast, 6)
    assert [row[0] for row in thread(one)] == ["offered", "not_taken", "offered"]


def test_what_is_paused_stays_until_the_pause_ends(cast: Cast) -> None:
    automatic(cast, take_back_after=5)
    paused = {"status": "paused", "waiting_since": None, "wake_at": at(60)}
    (one,) = texts(cast, 1, assignee=cast.agent, offered_at=NOW, **paused)
    works(cast, 59)
    assert holders([one]) == ["sophie"]
    with scopes_disabled():
        lifecycle.wake(now=at(60))
    works(cast, 60)
    assert holders([one]) == [None]


def test_a_manual_queue_takes_nothing_back(cast: Cast) -> None:
    (one,) = texts(cast, 1, assignee=cast.agent, offered_at=NOW)
    with scopes_disabled():
        distribute_everywhere()
    assert holders([one]) == ["sophie"]
