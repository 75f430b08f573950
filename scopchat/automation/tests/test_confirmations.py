"""Who leaves, comes back or asks for help is told so, once, in the language of their word."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django_scopes import scope, scopes_disabled
from pytest_django import DjangoCaptureOnCommitCallbacks

from scopchat.automation.models import AutoReply
from scopchat.automation.services.replies import MAX_AN_HOUR, queue_replies
from scopchat.channels.models import Channel
from scopchat.channels.providers.base import Wish
from scopchat.common.gsm import measure
from scopchat.interactions.models import Message, OutboxEntry
from scopchat.interactions.services.receive import receive
from scopchat.interactions.tests.test_keywords import heeded
from scopchat.interactions.tests.test_receive import CUSTOMER, arrival
from scopchat.tenancy.models import Company
from tests.cast import Cast

NOW = datetime.fromisoformat("2026-11-23T14:00:00Z")
"""When the texts came in (`arrival`)."""


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scopchat.automation.services.replies.utc_now", lambda: NOW + timedelta(seconds=2))
    monkeypatch.setattr("scopchat.interactions.services.outbox.defer_drain", lambda _work, _shard: None)


@pytest.fixture
def text(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    """A customer's text comes in, and what waits for the commit is done."""

    def come(channel: Channel, words: str, *, number: int = 0, wish: Wish | None = None) -> None:
        arrived = arrival(channel, words, carrier_id=f"{words} {number}")
        with scopes_disabled(), django_capture_on_commit_callbacks(execute=True):
            receive(arrivals=[heeded(arrived, wish) if wish else arrived], now=NOW)

    return come


def replies(cast: Cast) -> list[str]:
    with scope(company=cast.client):
        return list(Message.objects.filter(purpose=3).order_by("id").values_list("text", flat=True))


def waiting() -> int:
    with scopes_disabled():
        return AutoReply.objects.count()


LEFT_FR = "Clinique Laurier : vous ne recevrez plus nos envois. Pour vous réinscrire, répondez DEBUTER."
LEFT_EN = "Clinique Laurier: you will get no more of our mass texts. Reply START to get them again."
BACK_FR = "Clinique Laurier : vous recevrez de nouveau nos envois. Pour vous désinscrire, répondez ARRET."
HELP_FR = (
    "Clinique Laurier : écrivez-nous ici et nous vous répondrons. Pour vous désinscrire de nos envois, répondez ARRET."
)


def test_each_word_is_answered_in_its_language(cast: Cast, text: Any) -> None:
    for words in ("Arrêt", "arret", "débuter", "STOP", "aide"):
        text(cast.channel_queue, words)
    assert replies(cast) == [LEFT_FR, BACK_FR, LEFT_EN, HELP_FR]
    assert [measure(one).segments for one in replies(cast)] == [1, 1, 1, 1]
    assert waiting() == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("¡Baja!", "usted deja de recibir nuestros mensajes en grupo. Para recibirlos de nuevo, responda ALTA."),
        ("Sair", "deixou de receber as nossas mensagens em grupo. Para receber de novo, responda VOLTAR."),
        ("Stopp", "Sie erhalten keine Rundnachrichten mehr. Wieder anmelden: START antworten."),
        ("disiscrivimi", "non riceverà più i nostri invii. Per riceverli di nuovo, risponda START."),
        ("Afmelden", "u krijgt onze groepsberichten niet meer. Antwoord START om ze weer te krijgen."),
        ("إيقاف", "لن تصلك رسائلنا الجماعية بعد الآن. لاستقبالها مجددا أرسل START."),
    ],
)
def test_languages_that_pages_do_not_speak_are_answered_too(cast: Cast, text: Any, words: str, said: str) -> None:
    text(cast.channel_queue, words)
    assert replies(cast) == [f"Clinique Laurier: {said}"]
    # Arabic has no letter of the GSM alphabet.
    assert measure(f"Clinique Laurier: {said}").segments == (2 if words == "إيقاف" else 1)


def test_it_leaves_from_the_channel_to_the_customer_in_the_same_thread(cast: Cast, text: Any) -> None:
    text(cast.channel_queue, "stop")
    with scope(company=cast.client):
        entry = OutboxEntry.objects.select_related("message__interaction").get()
    assert entry.message.text == LEFT_EN
    assert entry.message.recipient == CUSTOMER
    assert (entry.channel_id, entry.message.author_id) == (cast.channel_queue.pk, None)
    assert entry.message.interaction.status == "closed"


def test_what_the_carrier_has_answered_is_not_answered_again(cast: Cast, text: Any) -> None:
    text(cast.channel_queue, "stop", wish=Wish.LEAVE)
    text(cast.channel_queue, "help", wish=Wish.HELP)
    assert replies(cast) == []


def test_a_robot_gets_few_replies_an_hour(cast: Cast, text: Any) -> None:
    for number in range(MAX_AN_HOUR + 3):
        text(cast.channel_queue, "help", number=number)
    assert len(replies(cast)) == MAX_AN_HOUR
    with scope(company=cast.client):
        Message.objects.filter(purpose=3).update(created_at=NOW - timedelta(hours=1))
    text(cast.channel_queue, "help", number=99)
    assert len(replies(cast)) == MAX_AN_HOUR + 1


@pytest.mark.parametrize("why", ["channel", "company", "late", "limit"])
def test_where_it_cannot_be_sent_it_is_left_out(
    cast: Cast, text: Any, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    late = timedelta(hours=1, seconds=1) if why == "late" else timedelta(seconds=2)
    monkeypatch.setattr("scopchat.automation.services.replies.utc_now", lambda: NOW + late)
    with scopes_disabled():
        if why == "channel":
            Channel.objects.update(is_active=False)
        if why == "company":
            Company.objects.filter(pk=cast.client.pk).update(is_active=False)
        if why == "limit":
            Company.objects.filter(pk=cast.client.pk).update(max_segments_day=0)
    text(cast.channel_queue, "arret")
    assert (replies(cast), waiting()) == ([], 0)


def test_one_that_died_between_the_commit_and_its_queueing_is_found_by_the_sweep(cast: Cast) -> None:
    with scopes_disabled():
        receive(arrivals=[arrival(cast.channel_queue, "arret")], now=NOW)
    assert (replies(cast), waiting()) == ([], 1)
    with scopes_disabled():
        queue_replies()
        queue_replies()
    assert (replies(cast), waiting()) == ([LEFT_FR], 0)


def test_one_that_fails_leaves_the_others(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with scopes_disabled():
        receive(arrivals=[arrival(cast.channel_queue, "arret"), arrival(cast.outsider_channel, "stop")], now=NOW)
        Company.objects.filter(pk=cast.client.pk).update(max_segments_day=0)
        queue_replies()
    with scopes_disabled():
        assert [message.company_id for message in Message.objects.filter(purpose=3)] == [
            cast.outsider_channel.company_id
        ]


@pytest.mark.django_db(transaction=True)
def test_one_that_somebody_is_queueing_is_left_to_them(cast: Cast) -> None:
    with scopes_disabled(), transaction.atomic():
        receive(arrivals=[arrival(cast.channel_queue, "arret")], now=NOW)
        pending = AutoReply.objects.get()
    with scopes_disabled():
        assert (replies(cast), waiting()) == ([LEFT_FR], 0)
        pending.save(force_insert=True)
        Message.objects.filter(purpose=3).delete()
        with ThreadPoolExecutor(1) as other, transaction.atomic():
            AutoReply.objects.select_for_update().get()
            other.submit(elsewhere).result()
        assert (replies(cast), waiting()) == ([], 1)


def elsewhere() -> None:
    with scopes_disabled():
        queue_replies()
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_it_is_queued_where_the_transaction_outlives_the_scope(cast: Cast) -> None:
    with transaction.atomic(), scope(company=cast.client):
        receive(arrivals=[arrival(cast.channel_queue, "arret")], now=NOW)
    assert (replies(cast), waiting()) == ([LEFT_FR], 0)
