"""Texts that are nothing but a keyword: heeded before anybody is asked to answer, and shown all the same."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django_scopes import scope

from scopchat.channels.providers.base import FailureReason, Receipt, ReceiptStatus, Wish
from scopchat.interactions.models import Interaction, InteractionEvent
from scopchat.interactions.services import sending
from scopchat.interactions.services.delivery import Report, apply_receipts
from scopchat.interactions.services.receive import Arrival
from scopchat.interactions.status import InteractionStatus, MessageStatus
from scopchat.interactions.tests.desk import NOW, conversation, said
from scopchat.interactions.tests.test_receive import CUSTOMER, arrival, interactions, take_in, thread
from scopchat.optouts.models import OptOut
from scopchat.optouts.services import opt_out_of
from tests.cast import Cast

NOBODYS = UUID(int=1)
OURS = UUID(int=2)


def is_out(cast: Cast, customer: str = CUSTOMER) -> bool:
    with scope(company=cast.client):
        return opt_out_of(channel_id=cast.channel_queue.pk, number=customer) is not None


def told(interaction: Interaction) -> list[str]:
    with scope(company=interaction.company_id):
        return list(InteractionEvent.objects.filter(interaction=interaction).values_list("happening", flat=True))


def test_stop_out_of_the_blue_makes_nobody_answer(cast: Cast) -> None:
    assert take_in(arrival(cast.channel_queue, "Stop.")) == 1
    (only,) = interactions(cast)
    assert (only.status, only.unread, only.waiting_since) == (InteractionStatus.CLOSED, 0, None)
    assert (only.preview, only.closed_at) == ("Stop.", NOW)
    assert thread(only) == ["Stop."]
    assert told(only) == ["opted_out"]
    assert is_out(cast)


def test_stop_in_a_conversation_waits_as_any_text_and_is_heeded(cast: Cast) -> None:
    under_way = conversation(cast.channel_queue, CUSTOMER, status=InteractionStatus.OPEN, unread=0, waiting_since=None)
    take_in(arrival(cast.channel_queue, "cancel"))
    (only,) = interactions(cast)
    assert (only.pk, only.status, only.unread) == (under_way.pk, InteractionStatus.WAITING, 1)
    assert told(only) == ["opted_out"]
    assert is_out(cast)


def test_what_comes_with_a_keyword_makes_somebody_answer(cast: Cast) -> None:
    take_in(arrival(cast.channel_queue, "stop", place=0), arrival(cast.channel_queue, "Vraiment", place=1))
    (only,) = interactions(cast)
    assert (only.status, only.unread) == (InteractionStatus.WAITING, 2)
    assert thread(only) == ["stop", "Vraiment"]
    assert is_out(cast)


def test_the_next_text_opens_a_conversation(cast: Cast) -> None:
    take_in(arrival(cast.channel_queue, "arrêt"))
    take_in(arrival(cast.channel_queue, "Une question"))
    over, new = interactions(cast)
    assert (over.status, new.status) == (InteractionStatus.CLOSED, InteractionStatus.WAITING)
    assert is_out(cast)


def test_start_is_a_keyword_of_who_has_left_only(cast: Cast) -> None:
    take_in(arrival(cast.channel_queue, "yes", carrier_id="1"))
    assert [one.status for one in interactions(cast)] == [InteractionStatus.WAITING]
    take_in(arrival(cast.channel_queue, "stop", carrier_id="2", sender="+15145550143"))
    take_in(arrival(cast.channel_queue, "yes", carrier_id="3", sender="+15145550143"))
    _first, left, back = interactions(cast)
    assert [one.status for one in (left, back)] == [InteractionStatus.CLOSED] * 2
    assert told(back) == ["opted_in"]
    assert not is_out(cast, "+15145550143")


def test_help_wants_a_person(cast: Cast) -> None:
    take_in(arrival(cast.channel_queue, "Aide"))
    (only,) = interactions(cast)
    assert (only.status, told(only)) == (InteractionStatus.WAITING, [])
    assert not is_out(cast)


def test_a_photo_with_a_word_is_no_keyword(cast: Cast) -> None:
    take_in(arrival(cast.channel_queue, "stop", photos=1))
    assert [one.status for one in interactions(cast)] == [InteractionStatus.WAITING]
    assert not is_out(cast)


def test_a_repeated_delivery_changes_nothing(cast: Cast) -> None:
    for _ in range(2):
        take_in(arrival(cast.channel_queue, "stop", carrier_id="1"))
    take_in(arrival(cast.channel_queue, "start", carrier_id="2"))
    take_in(arrival(cast.channel_queue, "stop", carrier_id="1"))
    assert not is_out(cast)
    assert len(interactions(cast)) == 2


def heeded(found: Arrival, wish: Wish) -> Arrival:
    return replace(found, message=replace(found.message, heeded=wish))


def test_a_word_that_only_the_carrier_knows_counts(cast: Cast) -> None:
    take_in(heeded(arrival(cast.channel_queue, "ALTO", carrier_id="1"), Wish.LEAVE))
    with scope(company=cast.client):
        found = opt_out_of(channel_id=cast.channel_queue.pk, number=CUSTOMER)
    assert found is not None
    assert found.blocked_at == NOW
    take_in(heeded(arrival(cast.channel_queue, "stop", carrier_id="2"), Wish.RETURN))
    assert not is_out(cast)


def test_companies_apart(cast: Cast) -> None:
    take_in(arrival(cast.outsider_channel, "stop", carrier_id="1"), arrival(cast.channel_queue, "Allo", carrier_id="2"))
    assert not is_out(cast)
    with scope(company=cast.client):
        assert not OptOut.objects.exists()
    with scope(company=cast.outsider_channel.company_id):
        assert OptOut.objects.get().number == CUSTOMER


def test_a_text_that_the_carrier_refuses_for_it_enters_its_number(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue, CUSTOMER)
    text = said(interaction, "Bonjour", direction="out", status=MessageStatus.QUEUED, claim=OURS)
    result = sending.Result(text.pk, MessageStatus.FAILED, NOW, reason=FailureReason.OPTED_OUT, error_code="21610")
    with scope(company=cast.client):
        # Another run's result counts for nothing.
        sending.record_results(results=[result], claim=NOBODYS, providers=[])
        assert not OptOut.objects.exists()
        sending.record_results(results=[result], claim=OURS, providers=[])
        found = OptOut.objects.get()
    assert (found.number, found.blocked_at, found.channel_id) == (CUSTOMER, NOW, cast.channel_queue.pk)


def test_a_receipt_that_says_so_enters_its_number(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue, CUSTOMER)
    said(interaction, "Bonjour", direction="out", status=MessageStatus.SENT, carrier_id="SM1")
    refused = Receipt("SM1", "", ReceiptStatus.FAILED, "undelivered", "21610", FailureReason.OPTED_OUT)
    with scope(company=cast.client):
        for _ in range(2):
            assert apply_receipts(reports=[Report(cast.channel_queue.pk, refused, NOW)]) == set()
        assert OptOut.objects.get().blocked_at == NOW
