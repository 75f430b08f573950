"""Texts that belong to no conversation leave, arrive, fail and are doubted as all others do; no inbox shows them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django_scopes import scope, scopes_disabled

from scopchat.channels.providers.base import Receipt, ReceiptStatus
from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.common.clock import utc_now
from scopchat.gateway import turns
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.tests.carriers import drain, fresh, point_at, serving
from scopchat.gateway.tests.conftest import Desk
from scopchat.gateway.tests.test_lookups import AGO, ask
from scopchat.interactions.models import Interaction, Message, OutboxEntry, Purpose
from scopchat.interactions.services import sending
from scopchat.interactions.services.delivery import Report, apply_receipts
from scopchat.interactions.services.outbox import queue_notice
from scopchat.tenancy.models import SegmentUse

pytestmark = pytest.mark.django_db(transaction=True)

STAFF = "+15145550177"


def notice(desk: Desk, text: str = "Une conversation attend depuis 10 minutes.") -> Message:
    with scope(company=desk.cast.client), transaction.atomic():
        return queue_notice(channel=desk.channel, recipient=STAFF, text=text, idempotency_key=uuid4(), now=utc_now())


def doubt(text: Message) -> None:
    """It was claimed a while ago and nobody knows what became of it."""
    Message.objects.filter(pk=text.pk).update(status="unknown")
    claimed = {"claim": uuid4(), "claimed_at": utc_now() - AGO, "attempts": 1}
    OutboxEntry.objects.filter(message=text).update(unknown_at=utc_now(), **claimed)


def counts(desk: Desk) -> tuple[int, int]:
    """Interactions of the company, and segments it has booked."""
    with scope(company=desk.cast.client):
        return Interaction.objects.count(), sum(SegmentUse.objects.values_list("segments", flat=True))


async def test_it_is_sent_and_delivered_and_opens_no_conversation(desk: Desk) -> None:
    text = await in_thread_unscoped(notice, desk)
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    (taken,) = desk.carrier.texts.values()
    assert (taken.recipient, taken.body) == (STAFF, text.text)
    receipt = Receipt(taken.sid, desk.channel.address, ReceiptStatus.DELIVERED, "delivered")
    assert (
        await in_thread_unscoped(lambda: apply_receipts(reports=[Report(desk.channel.pk, receipt, utc_now())])) == set()
    )
    after = await in_thread_unscoped(fresh, text)
    assert (after.status, after.purpose, after.interaction_id) == ("delivered", Purpose.NOTICE, None)
    assert await in_thread_unscoped(counts, desk) == (0, 1)


async def test_what_is_unknown_is_found_at_the_carrier(desk: Desk) -> None:
    text = await in_thread_unscoped(notice, desk)
    await in_thread_unscoped(doubt, text)
    desk.carrier.create([("To", STAFF), ("From", desk.channel.address), ("Body", text.text)])
    assert await ask(desk) == 1
    assert (await in_thread_unscoped(fresh, text)).status == "sent"


async def test_of_two_unknown_ones_of_the_same_words_to_one_person_neither_is_proved(desk: Desk) -> None:
    for text in [await in_thread_unscoped(notice, desk) for _ in range(2)]:
        await in_thread_unscoped(doubt, text)
    desk.carrier.create([("To", STAFF), ("From", desk.channel.address), ("Body", text.text)])
    assert await ask(desk) == 0


async def test_it_fails_as_the_carrier_says(desk: Desk) -> None:
    text = await in_thread_unscoped(notice, desk)
    async with serving(FakeServer(desk.carrier)) as url:
        desk.carrier.opted_out.add((desk.channel.address, STAFF))
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    failed = await in_thread_unscoped(fresh, text)
    assert (failed.status, failed.reason) == ("failed", "opted_out")


def test_what_an_ended_run_left_is_unknown(desk: Desk) -> None:
    text = notice(desk)
    with scopes_disabled(), transaction.atomic():
        (claimed,) = sending.claim(
            limits={desk.channel.pk: 9}, senders={desk.channel.pk: "x"}, shard=1, most=9, claim=uuid4(), now=utc_now()
        )
    assert claimed.message.recipient == STAFF
    with scopes_disabled():
        assert turns.abandon_earlier(desk.channel.shard, uuid4(), utc_now()) == 1
        assert Message.objects.get(pk=text.pk).status == "unknown"


def test_a_text_has_a_customer_one_way_or_the_other(desk: Desk) -> None:
    text = notice(desk)
    with scopes_disabled(), pytest.raises(IntegrityError, match="message_has_its_customer"):
        Message.objects.filter(pk=text.pk).update(customer="")
