"""Who writes while it is closed, or while nobody is there, is told so: once, and never in the middle of a talk."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NoReturn

import pytest
from django_scopes import scope, scopes_disabled
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from scopchat.accounts import presence
from scopchat.accounts.models import Presence, User
from scopchat.automation.models import AutoReply
from scopchat.automation.services.out_of_office import reply_to
from scopchat.automation.services.replies import queue_replies
from scopchat.automation.services.settings import set_texts
from scopchat.automation.tests.places import CLOSED, NOBODY, office, when_nobody
from scopchat.channels.models import Channel
from scopchat.channels.providers.base import Wish
from scopchat.interactions.models import Interaction, Message
from scopchat.interactions.services.receive import Arrival, receive
from scopchat.interactions.signals import TextsReceived
from scopchat.interactions.tests.desk import said
from scopchat.interactions.tests.test_keywords import heeded
from scopchat.interactions.tests.test_receive import CUSTOMER, arrival
from tests.cast import Cast

EVENING = datetime.fromisoformat("2026-11-23T22:30:00Z")
"""Monday, half past five in the afternoon in Montréal."""
MORNING = datetime.fromisoformat("2026-11-24T14:00:00Z")


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scopchat.interactions.services.outbox.defer_drain", lambda _work, _shard: None)


@pytest.fixture
def text(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    """A customer's text comes in, and what waits for the commit is done."""

    def come(channel: Channel, words: str, *, at: datetime, sender: str = CUSTOMER, wish: Wish | None = None) -> None:
        monkeypatch.setattr("scopchat.automation.services.replies.utc_now", lambda: at + timedelta(seconds=1))
        arrived = arriving(channel, words, at=at, sender=sender)
        with scopes_disabled(), django_capture_on_commit_callbacks(execute=True):
            receive(arrivals=[heeded(arrived, wish) if wish else arrived], now=at)

    return come


def arriving(channel: Channel, words: str, *, at: datetime, sender: str = CUSTOMER) -> Arrival:
    return replace(arrival(channel, words, carrier_id=f"{words} {at}", sender=sender), received_at=at)


def replies(cast: Cast) -> list[str]:
    with scope(company=cast.client):
        return list(Message.objects.filter(purpose=3).order_by("id").values_list("text", flat=True))


def there(*people: User) -> None:
    for person in people:
        presence.arrive(person=person, now=EVENING)


def test_closed_is_said_once_until_it_opens(cast: Cast, text: Any) -> None:
    there(cast.agent)
    when_nobody(cast, cast.channel_queue, hours=office(cast), closed_reply=CLOSED)
    text(cast.channel_queue, "Bonjour", at=EVENING)
    text(cast.channel_queue, "Vous êtes là?", at=EVENING + timedelta(hours=3))
    assert replies(cast) == [CLOSED]
    text(cast.channel_queue, "Allô", at=EVENING + timedelta(hours=3), sender="+15145550199")
    assert replies(cast) == [CLOSED] * 2
    text(cast.channel_queue, "Et maintenant?", at=MORNING)
    assert replies(cast) == [CLOSED] * 2
    text(cast.channel_queue, "Le soir", at=EVENING + timedelta(days=1))
    assert replies(cast) == [CLOSED] * 3


def test_the_reply_changes_nothing_about_who_waits(cast: Cast, text: Any) -> None:
    when_nobody(cast, cast.channel_queue, hours=office(cast), closed_reply=CLOSED)
    text(cast.channel_queue, "Bonjour", at=EVENING)
    with scope(company=cast.client):
        interaction = Interaction.objects.get()
    assert (interaction.status, interaction.waiting_since, interaction.unread) == ("waiting", EVENING, 1)


def test_nobody_is_said_only_where_nobody_is_online(cast: Cast, text: Any) -> None:
    when_nobody(cast, cast.queue, hours=office(cast), nobody_reply=NOBODY)
    there(cast.agent)
    text(cast.channel_queue, "Bonjour", at=MORNING)
    assert replies(cast) == []
    presence.choose(person=cast.agent, presence=Presence.AWAY, now=MORNING)
    text(cast.channel_queue, "Bonjour?", at=MORNING)
    text(cast.channel_queue, "Allô?", at=MORNING + timedelta(minutes=5))
    assert replies(cast) == [NOBODY]


def test_on_a_channel_of_users_these_are_who_is_there(cast: Cast, text: Any) -> None:
    when_nobody(cast, cast.channel_user, nobody_reply=NOBODY)
    there(cast.agent, cast.user)
    text(cast.channel_user, "Bonjour", at=MORNING)
    assert replies(cast) == []
    presence.leave([cast.user.pk])
    text(cast.channel_user, "Bonjour?", at=MORNING)
    # Without opening hours, once a day.
    text(cast.channel_user, "Bonjour!", at=MORNING + timedelta(hours=8))
    assert replies(cast) == [NOBODY]
    text(cast.channel_user, "Bonsoir", at=MORNING + timedelta(hours=16))
    assert replies(cast) == [NOBODY] * 2


def test_a_channel_s_own_goes_before_its_queue_s(cast: Cast, text: Any) -> None:
    when_nobody(cast, cast.queue, hours=office(cast), closed_reply="La file est fermée.")
    text(cast.channel_queue, "Bonjour", at=EVENING)
    when_nobody(cast, cast.channel_queue, nobody_reply=NOBODY)
    text(cast.channel_queue, "Bonjour", at=EVENING + timedelta(days=1))
    assert replies(cast) == ["La file est fermée.", NOBODY]


def test_in_the_middle_of_a_talk_nothing_is_said(cast: Cast, text: Any) -> None:
    when_nobody(cast, cast.channel_queue, hours=office(cast), closed_reply=CLOSED)
    text(cast.channel_queue, "Bonjour", at=EVENING - timedelta(hours=1))
    with scope(company=cast.client):
        interaction = Interaction.objects.get()
    said(
        interaction, "Je regarde", at=EVENING - timedelta(minutes=50), direction="out", status="sent", author=cast.agent
    )
    text(cast.channel_queue, "Merci", at=EVENING)
    assert replies(cast) == []
    text(cast.channel_queue, "Autre chose", at=EVENING + timedelta(minutes=11))
    assert replies(cast) == [CLOSED]


@pytest.mark.parametrize("sender", ["12345", "AMAZON"])
def test_short_codes_and_names_get_nothing(cast: Cast, text: Any, sender: str) -> None:
    when_nobody(cast, cast.channel_queue, hours=office(cast), closed_reply=CLOSED)
    text(cast.channel_queue, "Votre code est 1234", at=EVENING, sender=sender)
    assert replies(cast) == []


def test_keywords_and_who_has_left_get_nothing_more(cast: Cast, text: Any) -> None:
    when_nobody(cast, cast.channel_queue, hours=office(cast), closed_reply=CLOSED)
    text(cast.channel_queue, "STOP", at=EVENING, wish=Wish.LEAVE)
    text(cast.channel_queue, "Pourquoi?", at=EVENING)
    text(cast.channel_queue, "HELP", at=EVENING, wish=Wish.HELP, sender="+15145550199")
    assert replies(cast) == []


def test_what_was_switched_off_before_it_was_queued_is_left_out(cast: Cast) -> None:
    when_nobody(cast, cast.channel_queue, hours=office(cast), closed_reply=CLOSED)
    with scopes_disabled():
        receive(arrivals=[arriving(cast.channel_queue, "Bonjour", at=EVENING)], now=EVENING)
        assert AutoReply.objects.count() == 1
    when_nobody(cast, cast.channel_queue)
    with scopes_disabled():
        queue_replies()
        assert AutoReply.objects.count() == 0
    assert replies(cast) == []


def test_a_company_that_has_set_nothing_pays_one_query_a_batch(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def looked_at() -> NoReturn:
        pytest.fail("nobody needs to know what the texts are")

    with scopes_disabled(), django_assert_num_queries(1):
        reply_to(TextsReceived({cast.client.pk}, looked_at))


def test_a_channel_may_have_its_own_words_for_keywords(cast: Cast, text: Any) -> None:
    with scope(company=cast.client):
        set_texts(channel=cast.channel_queue, texts={"left": "Au revoir!", "returned": "", "asked_for_help": ""})
    text(cast.channel_queue, "arret", at=EVENING)
    text(cast.channel_queue, "debuter", at=EVENING)
    assert replies(cast) == [
        "Au revoir!",
        "Clinique Laurier : vous recevrez de nouveau nos envois. Pour vous désinscrire, répondez ARRET.",
    ]
