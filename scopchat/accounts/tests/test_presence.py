"""Presence: chosen, by signs of life, and gone without them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scopchat.accounts import presence
from scopchat.accounts.models import Presence, User
from scopchat.accounts.services import end_sessions
from scopchat.events.catalogue import PresenceChanged
from tests.cast import Cast
from tests.heard import Heard
from tests.people import FRAGMENT, entered, signed_in

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def shown(person: User) -> str:
    found: str = User.objects.get(pk=person.pk).presence
    return found


def test_a_page_open_keeps_a_person_online_and_its_end_makes_them_offline_within_30_seconds(cast: Cast) -> None:
    presence.keep([cast.agent.pk], now=NOW)
    assert shown(cast.agent) == "online"
    presence.settle(now=at(19))
    assert shown(cast.agent) == "online"
    # The page goes right after a sign of life; the job looks every 10 s.
    presence.settle(now=at(30))
    assert shown(cast.agent) == "offline"
    presence.keep([cast.agent.pk], now=at(50))
    assert shown(cast.agent) == "online"


def test_who_touches_nothing_for_ten_minutes_is_away_until_they_do(cast: Cast) -> None:
    presence.arrive(person=cast.agent, now=NOW)
    presence.keep([cast.agent.pk], now=at(599))
    presence.settle(now=at(599))
    assert shown(cast.agent) == "online"
    presence.keep([cast.agent.pk], now=at(601))
    presence.settle(now=at(601))
    assert shown(cast.agent) == "away"
    presence.be_active(person=cast.agent, ago=timedelta(seconds=2), now=at(700))
    assert shown(cast.agent) == "online"


def test_input_of_long_ago_brings_nobody_back(cast: Cast) -> None:
    presence.arrive(person=cast.agent, now=NOW)
    presence.keep([cast.agent.pk], now=at(900))
    presence.settle(now=at(900))
    presence.be_active(person=cast.agent, ago=timedelta(minutes=11), now=at(900))
    assert shown(cast.agent) == "away"


def test_who_comes_back_after_a_night_is_away_until_they_touch_something(cast: Cast) -> None:
    presence.arrive(person=cast.agent, now=NOW)
    presence.settle(now=at(3600))
    presence.keep([cast.agent.pk], now=at(7200))
    assert shown(cast.agent) == "away"


@pytest.mark.parametrize("chosen", [Presence.BUSY, Presence.AWAY])
def test_what_was_chosen_stays_whatever_the_person_does(cast: Cast, chosen: Presence) -> None:
    presence.arrive(person=cast.agent, now=NOW)
    presence.choose(person=cast.agent, presence=chosen, now=NOW)
    presence.be_active(person=cast.agent, ago=timedelta(0), now=at(60))
    assert shown(cast.agent) == chosen
    presence.keep([cast.agent.pk], now=at(900))
    presence.settle(now=at(900))
    assert shown(cast.agent) == chosen
    presence.settle(now=at(960))
    assert shown(cast.agent) == "offline"
    presence.keep([cast.agent.pk], now=at(1000))
    assert shown(cast.agent) == chosen
    presence.choose(person=cast.agent, presence=Presence.ONLINE, now=at(1000))
    presence.keep([cast.agent.pk], now=at(1700))
    presence.settle(now=at(1700))
    assert shown(cast.agent) == "away"


def test_who_chose_to_be_offline_is_so_with_pages_open(cast: Cast) -> None:
    presence.choose(person=cast.agent, presence=Presence.OFFLINE, now=NOW)
    presence.keep([cast.agent.pk], now=at(15))
    presence.be_active(person=cast.agent, ago=timedelta(0), now=at(15))
    assert shown(cast.agent) == "offline"


def test_a_page_that_still_closes_brings_nobody_back_who_signed_out(cast: Cast) -> None:
    browser = entered("sophie")
    presence.choose(person=cast.agent, presence=Presence.BUSY, now=NOW)
    browser.post("/account/logout/")
    presence.keep([cast.agent.pk], now=NOW)
    assert shown(cast.agent) == "offline"
    entered("sophie")
    assert shown(cast.agent) == "online"


def test_whose_sessions_are_ended_is_offline_until_they_sign_in(cast: Cast) -> None:
    presence.arrive(person=cast.agent, now=NOW)
    end_sessions([cast.agent.pk])
    presence.keep([cast.agent.pk], now=NOW)
    assert shown(cast.agent) == "offline"


def test_nobody_disabled_comes_back(cast: Cast) -> None:
    User.objects.filter(pk=cast.agent.pk).update(is_active=False)
    presence.keep([cast.agent.pk], now=NOW)
    assert shown(cast.agent) == "offline"


def test_it_tells_each_company_of_its_own_people_and_only_what_changed(cast: Cast, heard: Heard) -> None:
    people = [cast.agent.pk, cast.manager.pk, cast.outsider_admin.pk]
    presence.keep(people, now=NOW)
    told = {event.company_id: set(event.people) for event in heard.of(PresenceChanged)}
    assert told == {
        cast.client.pk: {(cast.agent.pk, "online"), (cast.manager.pk, "online")},
        cast.outsider.pk: {(cast.outsider_admin.pk, "online")},
    }
    heard.clear()
    presence.keep(people, now=at(15))
    presence.settle(now=at(16))
    assert heard.of(PresenceChanged) == []
    presence.settle(now=at(60))
    assert {person for event in heard.of(PresenceChanged) for person in event.people} == {
        (pk, "offline") for pk in people
    }


def test_all_of_a_process_are_noted_in_one_statement(cast: Cast, django_assert_num_queries: Any) -> None:
    people = [cast.agent.pk, cast.agent2.pk, cast.manager.pk]
    presence.keep(people, now=NOW)
    with django_assert_num_queries(3):  # with the savepoint of the test around it
        presence.keep(people, now=at(15))


def test_a_browser_says_that_its_person_is_active(cast: Cast) -> None:
    browser = signed_in(cast.agent)
    User.objects.filter(pk=cast.agent.pk).update(presence=Presence.AWAY)
    assert browser.post("/me/activity/", {"ago": "3"}).status_code == 204
    assert shown(cast.agent) == "online"
    for nonsense in ("", "x", "-1", "9" * 40):
        assert browser.post("/me/activity/", {"ago": nonsense}).status_code == 204


def test_it_gives_everyones_presence_to_who_may_choose_among_them(cast: Cast) -> None:
    presence.arrive(person=cast.outsider_admin, now=NOW)
    found = signed_in(cast.manager).get("/people/presence/").json()
    assert found == {str(cast.manager.pk): "online"}
    assert signed_in(cast.agent).get("/people/presence/").status_code == 403


@pytest.mark.parametrize(
    ("chosen", "asked", "then"),
    [("", {}, "online"), ("busy", {}, "busy"), ("offline", {}, "offline"), ("", FRAGMENT, "offline")],
)
def test_who_opens_a_page_is_there_and_its_header_says_so(
    cast: Cast, heard: Heard, chosen: str, asked: dict[str, str], then: str
) -> None:
    browser = signed_in(cast.agent)
    User.objects.filter(pk=cast.agent.pk).update(presence="offline", chosen_presence=chosen)
    heard.clear()
    page = browser.get("/messages/", headers=asked).content.decode()
    assert shown(cast.agent) == then
    assert asked or f'class="presence presence-{then}" data-presence="{cast.agent.pk}"' in page
    told = [PresenceChanged(cast.client.pk, ((cast.agent.pk, then),))] if then != "offline" else []
    assert heard.of(PresenceChanged) == told
