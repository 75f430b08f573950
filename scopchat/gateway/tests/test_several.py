"""Callbacks that carry several texts or receipts, and receipts that name neither number."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django_scopes import scope, scopes_disabled

from scopchat.channels.models import Channel, Destination, EventState, InboundEvent, PendingEvent, Provider
from scopchat.channels.providers.base import Attempt
from scopchat.channels.providers.simulator.adapter import SIGNATURE_HEADER, sign
from scopchat.channels.services import create_channel, create_provider
from scopchat.channels.shards import shard_of
from scopchat.gateway import router
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.tests.conftest import Asked, Call, Desk, open_door, route_everything
from scopchat.gateway.tests.test_router import NOW, states
from scopchat.interactions.models import Direction, Interaction, Message, OutboxEntry
from scopchat.interactions.services.sending import Result, record_results
from scopchat.interactions.status import InteractionStatus, MessageStatus
from scopchat.interactions.tests.desk import said

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "between-us"
NUMBERS = ("+14385550101", "+14385550102", "+14385550103")


@pytest.fixture
def provider(desk: Desk) -> Provider:
    """An account with three numbers of one company; it and each of them are on shards of their own."""
    with scope(company=desk.cast.client):
        made = _account(desk)
        while len(_shards(made)) < 4:
            made = _account(desk)
        for number in NUMBERS:
            create_channel(
                company=desk.cast.client, provider=made, name=number, address=number,
                destination=Destination.QUEUE, queue=desk.cast.queue,
            )  # fmt: skip
    return made


def _account(desk: Desk) -> Provider:
    return create_provider(company=desk.cast.client, kind="simulator", name="S", credentials={"secret": SECRET})


def _shards(provider: Provider) -> set[int]:
    return {shard_of(provider_id=provider.pk, address=address) for address in ("", *NUMBERS)}


async def post(call: Call, provider: Provider, event: str, content: object) -> int:
    body = json.dumps(content).encode()
    status, _body = await call(f"{provider.callback_url}/{event}", body, {SIGNATURE_HEADER: sign(body, SECRET)})
    return int(status)


def text(number: str, carrier_id: str, words: str = "Bonjour") -> dict[str, Any]:
    return {"id": carrier_id, "from": "+15145550142", "to": number, "text": words}


def stored() -> list[tuple[str, str]]:
    with scopes_disabled():
        found = Message.objects.filter(direction="in").order_by("carrier_id")
        return list(found.values_list("carrier_id", "channel__address"))


async def test_each_text_of_a_callback_has_its_own_row_on_its_own_shard(desk: Desk, provider: Provider) -> None:
    asked = Asked()
    async with open_door(asked) as call:
        assert await post(call, provider, "inbound", [text(number, number[-3:]) for number in NUMBERS]) == 204
    shards = {shard_of(provider_id=provider.pk, address=number) for number in NUMBERS}
    rows = await in_thread_unscoped(lambda: list(InboundEvent.objects.values_list("carrier_key", "shard")))
    assert (len(rows), {shard for _key, shard in rows}, set(asked.shards)) == (3, shards, shards)
    await in_thread_unscoped(route_everything)
    assert await in_thread_unscoped(stored) == [(number[-3:], number) for number in NUMBERS]


async def test_a_text_to_nobody_takes_no_other_with_it(desk: Desk, provider: Provider) -> None:
    several = [text("+14385550199", "first"), text(NUMBERS[0], "second"), {"id": "unreadable"}]
    async with open_door(Asked()) as call:
        assert await post(call, provider, "inbound", several) == 204
        assert await post(call, provider, "inbound", several) == 204
    await in_thread_unscoped(route_everything)
    assert await in_thread_unscoped(stored) == [("second", NUMBERS[0])]
    found = await in_thread_unscoped(lambda: dict(InboundEvent.objects.values_list("carrier_key", "state")))
    assert (found.pop("first"), found.pop("second")) == (EventState.UNMATCHED, EventState.ACCEPTED)
    assert list(found.values()) == [EventState.REFUSED]


@pytest.mark.parametrize("content", [[], [{}], [{"id": 1}], [None, 7]])
async def test_a_callback_with_nothing_to_read_is_refused(desk: Desk, provider: Provider, content: object) -> None:
    async with open_door(Asked()) as call:
        assert await post(call, provider, "inbound", content) == 400


def sent(desk: Desk, provider: Provider, *, carrier_id: str | None, claim: bool = False) -> Message:
    """A text from the third number, which the carrier has, or is being handed."""
    with scopes_disabled():
        channel = Channel.objects.get(address=NUMBERS[2])
        thread = Interaction.objects.create(
            company=desk.cast.client, channel=channel, customer="+15145550142", status=InteractionStatus.OPEN,
            last_activity_at=NOW, changed_at=NOW, opened_at=NOW,
        )  # fmt: skip
        status = MessageStatus.QUEUED if claim else MessageStatus.SENT
        return said(
            thread, "Oui", direction=Direction.OUT, status=status, carrier_id=carrier_id, attempts=1,
            claim=uuid4() if claim else None,
        )  # fmt: skip


def status_of(message: Message) -> str:
    return str(Message.objects.get(pk=message.pk).status)


async def test_a_receipt_that_names_our_attempt_goes_to_its_shard(desk: Desk, provider: Provider) -> None:
    message = await in_thread_unscoped(sent, desk, provider, carrier_id=None, claim=True)
    shard = shard_of(provider_id=provider.pk, address=NUMBERS[2])
    asked = Asked()
    receipt = {"id": "s-1", "status": "delivered", "reference": str(Attempt(message.pk, 1, shard))}
    async with open_door(asked) as call:
        assert await post(call, provider, "status", receipt) == 204
    assert asked.shards == [shard]
    await in_thread_unscoped(route_everything)
    assert await in_thread_unscoped(status_of, message) == "delivered"


async def test_a_receipt_with_the_carriers_id_alone_is_found_by_account_and_id(desk: Desk, provider: Provider) -> None:
    message = await in_thread_unscoped(sent, desk, provider, carrier_id="s-1")
    async with open_door(Asked()) as call:
        assert await post(call, provider, "status", [{"id": "s-1", "status": "delivered"}]) == 204
    # Once on the account's shard, once on the number's.
    await in_thread_unscoped(route_everything)
    await in_thread_unscoped(route_everything)
    assert (await in_thread_unscoped(status_of, message), await in_thread_unscoped(states)) == ("delivered", ["done"])


async def test_a_receipt_that_moves_to_a_shard_of_the_same_batch_is_not_lost(desk: Desk, provider: Provider) -> None:
    message = await in_thread_unscoped(sent, desk, provider, carrier_id="s-1")
    async with open_door(Asked()) as call:
        assert await post(call, provider, "status", {"id": "s-1", "status": "delivered"}) == 204
        assert await post(call, provider, "inbound", text(NUMBERS[2], "in-1")) == 204
    both = await in_thread_unscoped(lambda: sorted({*PendingEvent.objects.values_list("shard", flat=True)}))
    assert len(both) == 2
    await in_thread_unscoped(router.route_together, both)
    assert await in_thread_unscoped(PendingEvent.objects.count) == 1
    await in_thread_unscoped(route_everything)
    assert (await in_thread_unscoped(status_of, message), await in_thread_unscoped(states)) == (
        "delivered",
        ["done"] * 2,
    )


async def test_another_accounts_text_of_the_same_id_is_left_alone(desk: Desk, provider: Provider) -> None:
    message = await in_thread_unscoped(sent, desk, provider, carrier_id="s-1")
    with scope(company=desk.cast.client):
        other = await in_thread_unscoped(_another, desk)
    async with open_door(Asked()) as call:
        assert await post(call, other, "status", {"id": "s-1", "status": "failed"}) == 204
        attempt = str(Attempt(message.pk, 1, 5))
        assert await post(call, other, "status", {"id": "s-2", "status": "failed", "reference": attempt}) == 204
    await in_thread_unscoped(route_everything)
    assert await in_thread_unscoped(status_of, message) == "sent"


def _another(desk: Desk) -> Provider:
    with scope(company=desk.cast.client):
        return create_provider(company=desk.cast.client, kind="simulator", name="O", credentials={"secret": SECRET})


async def test_a_receipt_ahead_of_its_text_is_applied_when_the_text_is_known(desk: Desk, provider: Provider) -> None:
    message = await in_thread_unscoped(sent, desk, provider, carrier_id=None, claim=True)
    async with open_door(Asked()) as call:
        await post(call, provider, "status", {"id": "s-1", "status": "delivered"})
    await in_thread_unscoped(route_everything)
    # Seen to be unmatched, and looked at once more before it is left alone.
    assert await in_thread_unscoped(lambda: (InboundEvent.objects.get().state, PendingEvent.objects.count())) == (
        "unmatched",
        1,
    )
    await in_thread_unscoped(route_everything)
    assert await in_thread_unscoped(PendingEvent.objects.count) == 0
    await in_thread_unscoped(_record, provider, message)
    for _time in range(2):
        await in_thread_unscoped(route_everything)
    assert await in_thread_unscoped(status_of, message) == "delivered"


async def test_a_text_that_becomes_known_at_that_very_moment_is_found(desk: Desk, provider: Provider) -> None:
    """The router did not find it, the sender found no receipt to hand back, then the router wrote "unmatched"."""
    message = await in_thread_unscoped(sent, desk, provider, carrier_id=None, claim=True)
    async with open_door(Asked()) as call:
        await post(call, provider, "status", {"id": "s-1", "status": "delivered"})
    await in_thread_unscoped(_record, provider, message)
    await in_thread_unscoped(lambda: InboundEvent.objects.update(state=EventState.UNMATCHED, carrier_id="s-1"))
    for _time in range(2):
        await in_thread_unscoped(route_everything)
    assert await in_thread_unscoped(status_of, message) == "delivered"


def _record(provider: Provider, message: Message) -> None:
    claim = OutboxEntry.objects.get(message=message).claim
    assert claim is not None
    with transaction.atomic():
        result = Result(message.pk, MessageStatus.SENT, NOW, carrier_id="s-1")
        record_results(results=[result], claim=claim, providers=[provider.pk])
