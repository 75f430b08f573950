"""From the journal to conversations: once, in order, whatever comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django_scopes import scope, scopes_disabled

from scopchat.channels.models import Destination, EventState, InboundEvent, PendingEvent
from scopchat.channels.providers.twilio.fake import callbacks
from scopchat.channels.providers.twilio.fake.carrier import Text
from scopchat.channels.services import create_channel
from scopchat.channels.shards import shard_of
from scopchat.gateway import router
from scopchat.gateway.tests.conftest import SID, Desk, route_everything
from scopchat.interactions.models import Direction, Interaction, Message, OutboxEntry
from scopchat.interactions.services import lifecycle, reply
from scopchat.interactions.services.sending import Result, record_results
from scopchat.interactions.status import InteractionStatus, MessageStatus
from scopchat.interactions.tests.desk import said
from tests.at_once import at_once

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CUSTOMER = "+15145550142"
ONE, NINE = "SM" + "1" * 32, "SM" + "9" * 32


def journal(
    desk: Desk, callback: callbacks.Callback, *, event: str = "inbound", at: datetime = NOW, **more: str
) -> InboundEvent:
    """The callback as the hooks would have written it."""
    address = more.pop("address", desk.channel.address)
    made = InboundEvent.objects.create(
        provider=desk.provider,
        event=event,
        carrier_key=more.pop("key", uuid4().hex),
        address=address,
        shard=shard_of(provider_id=desk.provider.pk, address=address),
        method="POST",
        url=callback.url,
        body=callback.body,
        received_at=at,
        **more,
    )
    PendingEvent.objects.create(shard=made.shard, event_id=made.pk)
    return made


def arrive(
    desk: Desk, body: str, *, sender: str = CUSTOMER, at: datetime = NOW, to: str = "", sid: str = ""
) -> InboundEvent:
    recipient = to or desk.channel.address
    callback = callbacks.inbound(desk.carrier, desk.inbound_url, sender=sender, recipient=recipient, body=body, sid=sid)
    return journal(desk, callback, at=at, address=recipient)


def report(desk: Desk, sid: str, status: str, *, url: str = "", code: int | None = None) -> InboundEvent:
    text = Text(SID, desk.channel.address, CUSTOMER, "", (), url or f"{desk.provider.callback_url}/status", sid=sid)
    return journal(desk, callbacks.receipt(desk.carrier, text, status, error_code=code), event="status", carrier_id=sid)


def sent_message(
    desk: Desk, *, sid: str | None = ONE, status: MessageStatus = MessageStatus.SENT, claim: UUID | None = None
) -> Message:
    with scope(company=desk.cast.client):
        interaction = Interaction.objects.create(
            company=desk.cast.client, channel=desk.channel, customer=CUSTOMER, status=InteractionStatus.OPEN,
            last_activity_at=NOW, changed_at=NOW, opened_at=NOW,
        )  # fmt: skip
    return said(interaction, "Oui", direction=Direction.OUT, status=status, carrier_id=sid, attempts=1, claim=claim)


def fresh(message: Message) -> Message:
    with scopes_disabled():
        return Message.objects.get(pk=message.pk)


def states() -> list[str]:
    """Of each event, in order: "pending" or "done" for one without trouble."""
    pending = set(PendingEvent.objects.values_list("event_id", flat=True))
    known = {EventState.ACCEPTED: "done"}
    return [
        "pending" if event.pk in pending else known.get(EventState(event.state), event.state)
        for event in InboundEvent.objects.order_by("id")
    ]


def test_it_opens_a_waiting_interaction_in_the_channels_queue(desk: Desk) -> None:
    arrive(desk, "Bonjour\0 é")
    route_everything()
    with scope(company=desk.cast.client):
        interaction = Interaction.objects.get()
        message = Message.objects.get()
    assert (interaction.status, interaction.customer, interaction.unread) == ("waiting", CUSTOMER, 1)
    assert (interaction.queue_id, interaction.assignee_id) == (desk.cast.queue.pk, None)
    assert (interaction.preview, interaction.waiting_since) == ("Bonjour é", NOW)
    assert (message.text, message.status, message.direction, message.created_at) == ("Bonjour é", "received", "in", NOW)
    assert states() == ["done"]


def test_it_keeps_each_customers_texts_in_order(desk: Desk) -> None:
    for n in range(30):
        arrive(desk, f"{n}", sender=f"+1514555010{n % 3}", at=NOW + timedelta(seconds=n))
    route_everything()
    with scope(company=desk.cast.client):
        threads = [
            [int(text) for text in interaction.messages.order_by("id").values_list("text", flat=True)]
            for interaction in Interaction.objects.order_by("customer")
        ]
        assert [i.unread for i in Interaction.objects.all()] == [10, 10, 10]
    assert threads == [list(range(start, 30, 3)) for start in range(3)]


def test_it_adds_to_the_open_interaction_and_makes_it_wait(desk: Desk) -> None:
    arrive(desk, "un")
    route_everything()
    with scope(company=desk.cast.client):
        interaction = Interaction.objects.get()
        reply.reply(interaction=interaction, acting=desk.cast.admin, text="Oui", idempotency_key=uuid4(), now=NOW)
    arrive(desk, "deux", at=NOW + timedelta(minutes=5))
    route_everything()
    with scope(company=desk.cast.client):
        again = Interaction.objects.get()
    assert (again.pk, again.status, again.unread) == (interaction.pk, "waiting", 1)
    assert (again.assignee_id, again.waiting_since) == (desk.cast.admin.pk, NOW + timedelta(minutes=5))


def test_it_starts_another_interaction_after_a_close(desk: Desk) -> None:
    arrive(desk, "un")
    route_everything()
    with scope(company=desk.cast.client):
        lifecycle.close(interaction=Interaction.objects.get(), acting=desk.cast.admin, now=NOW)
    arrive(desk, "deux")
    route_everything()
    with scope(company=desk.cast.client):
        assert list(Interaction.objects.order_by("id").values_list("status", flat=True)) == ["closed", "waiting"]


def test_it_stores_a_text_once_however_often_it_comes(desk: Desk) -> None:
    arrive(desk, "un", sid=ONE)
    route_everything()
    arrive(desk, "un", sid=ONE)
    arrive(desk, "un", sid=ONE)
    route_everything()
    with scope(company=desk.cast.client):
        assert Message.objects.count() == 1
        assert Interaction.objects.get().unread == 1
    assert states() == ["done"] * 3


def test_it_holds_texts_to_an_address_nobody_has_until_somebody_does(desk: Desk) -> None:
    arrive(desk, "il y a quelqu'un ?", to="+15145550111")
    route_everything()
    assert states() == [EventState.UNMATCHED]
    with scope(company=desk.cast.client):
        create_channel(
            company=desk.cast.client, provider=desk.provider, name="Neuf", address="+15145550111",
            destination=Destination.USERS, users=[desk.cast.user],
        )  # fmt: skip
    route_everything()
    assert states() == ["done"]
    with scope(company=desk.cast.client):
        assert Interaction.objects.get().preview == "il y a quelqu'un ?"


def test_it_sets_a_poisonous_event_aside_and_goes_on(desk: Desk) -> None:
    arrive(desk, "avant")
    poison = journal(desk, callbacks.Callback(desk.inbound_url, {}, b"\xff\xfe"))
    arrive(desk, "après")
    route_everything()
    assert states() == ["done", EventState.SET_ASIDE, "done"]
    poison.refresh_from_db()
    assert poison.error.startswith("Malformed")
    with scope(company=desk.cast.client):
        assert Message.objects.count() == 2


def test_it_sets_aside_what_only_the_database_refuses(desk: Desk) -> None:
    arrive(desk, "avant")
    arrive(desk, "x", sender="9" * 60)
    arrive(desk, "après")
    route_everything()
    assert states() == ["done", EventState.SET_ASIDE, "done"]


@pytest.mark.django_db(transaction=True)
def test_two_runs_on_a_shard_at_once_handle_each_event_once(desk: Desk) -> None:
    for n in range(40):
        arrive(desk, f"{n}", sid=f"SM{n:032d}")

    def run() -> int:
        with scopes_disabled():
            return router.route_batch(desk.channel.shard)

    assert sorted(map(str, at_once(desk.cast.client, run, run))) == ["0", "40"]
    with scope(company=desk.cast.client):
        assert Interaction.objects.get().unread == 40
    assert states() == ["done"] * 40


@pytest.mark.parametrize(
    ("reports", "end"),
    [
        (["sent", "delivered"], MessageStatus.DELIVERED),
        (["delivered", "sent"], MessageStatus.DELIVERED),
        (["delivered", "delivered", "sent", "queued"], MessageStatus.DELIVERED),
        (["delivered", "undelivered"], MessageStatus.DELIVERED),
        (["failed", "delivered"], MessageStatus.FAILED),
        (["a-new-word"], MessageStatus.SENT),
        (["queued"], MessageStatus.SENT),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_receipts_move_a_message_forward_only(
    desk: Desk, reports: list[str], end: MessageStatus, together: bool
) -> None:
    message = sent_message(desk)
    for status in reports:
        report(desk, ONE, status)
        if not together:
            route_everything()
    route_everything()
    assert fresh(message).status == end
    assert set(states()) == {"done"}


def test_it_says_why_a_message_failed(desk: Desk) -> None:
    message = sent_message(desk)
    report(desk, ONE, "failed", code=21610)
    route_everything()
    assert (fresh(message).reason, fresh(message).error_code) == ("opted_out", "21610")


def test_a_receipt_ahead_of_its_message_waits_for_it(desk: Desk) -> None:
    claim = uuid4()
    message = sent_message(desk, sid=None, status=MessageStatus.QUEUED, claim=claim)
    report(desk, ONE, "delivered")
    route_everything()
    assert states() == [EventState.UNMATCHED]
    with scopes_disabled(), transaction.atomic():
        record_results(
            results=[Result(message.pk, MessageStatus.SENT, NOW, carrier_id=ONE)],
            claim=claim,
            providers=[desk.provider.pk],
        )
    route_everything()
    assert states() == ["done"]
    assert fresh(message).status == MessageStatus.DELIVERED


def test_a_receipt_that_names_our_attempt_settles_an_unknown_message(desk: Desk) -> None:
    message = sent_message(desk, sid=None, status=MessageStatus.UNKNOWN)
    report(desk, NINE, "delivered", url=f"{desk.provider.callback_url}/status?attempt={message.pk}.1")
    route_everything()
    assert (fresh(message).status, fresh(message).carrier_id) == (MessageStatus.DELIVERED, NINE)


def test_a_late_receipt_of_an_earlier_attempt_says_nothing_of_the_next(desk: Desk) -> None:
    message = sent_message(desk, sid=None, status=MessageStatus.QUEUED, claim=uuid4())
    OutboxEntry.objects.update(attempts=2)
    report(desk, NINE, "failed", url=f"{desk.provider.callback_url}/status?attempt={message.pk}.1")
    route_everything()
    assert fresh(message).status == MessageStatus.QUEUED
