"""Keywords from a customer's phone through Twilio and back: who confirms, and what is refused afterwards."""

from __future__ import annotations

import pytest
from django_scopes import scope

from scopchat.channels.providers.twilio.fake.callbacks import inbound
from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.tests.carriers import drain, fresh, point_at, queue, serving
from scopchat.gateway.tests.conftest import Asked, Desk, deliver, open_door, route_everything
from scopchat.interactions.models import Interaction, Message
from scopchat.optouts.services import opt_out_of

pytestmark = pytest.mark.django_db(transaction=True)

CUSTOMER = "+15145550142"


async def text(desk: Desk, *words: str) -> None:
    """The customer texts the words, one after the other, and they are routed."""
    async with open_door(Asked()) as call:
        for word in words:
            told = inbound(desk.carrier, desk.inbound_url, sender=CUSTOMER, recipient=desk.channel.address, body=word)
            assert await deliver(call, told) == 200
            await in_thread_unscoped(route_everything)


async def send(desk: Desk) -> None:
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)


def standing(desk: Desk) -> tuple[bool, bool]:
    """Whether the customer has left, and whether the carrier blocks our texts to them."""
    with scope(company=desk.cast.client):
        found = opt_out_of(channel_id=desk.channel.pk, number=CUSTOMER)
    return found is not None, bool(found and found.blocked_at)


def ours() -> list[str]:
    return list(Message.objects.filter(direction="out").order_by("id").values_list("text", flat=True))


async def test_a_word_that_twilio_does_not_know_is_confirmed_by_us(desk: Desk) -> None:
    await text(desk, "Arrêt")
    await send(desk)
    (taken,) = desk.carrier.texts.values()
    assert taken.recipient == CUSTOMER
    assert taken.body.startswith("Clinique Laurier : vous ne recevrez plus nos envois.")
    assert await in_thread_unscoped(standing, desk) == (True, False)


async def test_a_word_that_twilio_answers_is_heeded_in_silence(desk: Desk) -> None:
    await text(desk, "STOP")
    assert await in_thread_unscoped(ours) == []
    assert await in_thread_unscoped(standing, desk) == (True, True)
    refused = await in_thread_unscoped(queue, desk, "Bonjour", to=CUSTOMER)
    await send(desk)
    after = await in_thread_unscoped(fresh, refused)
    assert (after.status, after.reason, after.error_code, after.attempts) == ("failed", "opted_out", "21610", 1)
    await text(desk, "start")
    assert await in_thread_unscoped(standing, desk) == (False, False)
    again = await in_thread_unscoped(queue, desk, "Rebonjour", to=CUSTOMER)
    await send(desk)
    assert (await in_thread_unscoped(fresh, again)).status == "sent"


async def test_a_block_that_we_never_heard_of_is_learnt_from_the_refusal(desk: Desk) -> None:
    desk.carrier.opted_out.add((desk.channel.address, CUSTOMER))
    refused = await in_thread_unscoped(queue, desk, "Bonjour", to=CUSTOMER)
    await send(desk)
    assert (await in_thread_unscoped(fresh, refused)).reason == "opted_out"
    assert await in_thread_unscoped(standing, desk) == (True, True)


async def test_stop_and_start_in_one_callback_after_the_other_leave_no_conversation_open(desk: Desk) -> None:
    await text(desk, "stop", "start", "stop")
    assert await in_thread_unscoped(standing, desk) == (True, True)
    statuses = await in_thread_unscoped(lambda: list(Interaction.objects.values_list("status", flat=True)))
    assert statuses == ["closed"] * 3
