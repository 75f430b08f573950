"""What the domains above hear of texts and interactions, in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.dispatch import Signal
from django_scopes import scope, scopes_disabled

from scopchat.accounts.models import User
from scopchat.channels.providers.base import InboundMessage, Receipt, ReceiptStatus
from scopchat.common.signals import listens
from scopchat.interactions.models import Direction, Message
from scopchat.interactions.services import holding, lifecycle, sending
from scopchat.interactions.services.delivery import Report, apply_receipts
from scopchat.interactions.services.receive import Arrival, receive
from scopchat.interactions.signals import (
    InteractionChanged,
    TextReceived,
    TextSettled,
    interactions_changed,
    texts_received,
    texts_settled,
)
from scopchat.interactions.status import Happening, MessageStatus
from scopchat.interactions.tests.desk import NOW, conversation, said
from tests.cast import Cast


@contextmanager
def listening(signal: Signal, listener: Any = None) -> Iterator[list[Any]]:
    """What is told, one item after the other."""
    found: list[Any] = []

    def hear(**values: Any) -> None:
        for items in values.values():
            found.extend(items)
        if listener is not None:
            listener()

    before, signal.receivers = signal.receivers, []
    signal.sender_receivers_cache.clear()
    listens(signal)(hear)
    try:
        yield found
    finally:
        signal.receivers = before
        signal.sender_receivers_cache.clear()


def arrive(cast: Cast, *texts: str) -> None:
    arrivals = [
        Arrival(
            cast.client.pk, cast.channel_queue.pk, cast.queue.pk,
            InboundMessage(f"in-{text}", "+15145550142", cast.channel_queue.address, text), NOW,
        )
        for text in texts
    ]  # fmt: skip
    with scopes_disabled():
        receive(arrivals=arrivals, now=NOW)


def test_texts_that_come_in_are_told_once_each_in_order(cast: Cast) -> None:
    with listening(texts_received) as heard:
        arrive(cast, "un", "deux")
        arrive(cast, "deux")
    with scopes_disabled():
        stored = list(Message.objects.order_by("pk"))
    assert heard == [
        TextReceived(
            *(message.pk, cast.client.pk, cast.channel_queue.pk, message.interaction_id),
            *("+15145550142", text, NOW),
            is_keyword=False,
        )
        for message, text in zip(stored, ("un", "deux"), strict=True)
    ]


def test_what_becomes_of_texts_is_told_up_the_ladder(cast: Cast) -> None:
    interaction, claim = conversation(cast.channel_queue), uuid4()
    text = said(interaction, "Oui", direction=Direction.OUT, status=MessageStatus.QUEUED, claim=claim)
    result = sending.Result(text.pk, MessageStatus.SENT, NOW, carrier_id="SM1")
    receipt = Receipt("SM1", cast.channel_queue.address, ReceiptStatus.DELIVERED, "delivered")
    with scopes_disabled(), transaction.atomic(), listening(texts_settled) as heard:
        sending.record_results(results=[result], claim=claim, providers=[cast.provider.pk])
        for _twice in range(2):
            apply_receipts(reports=[Report(cast.channel_queue.pk, receipt, NOW + timedelta(seconds=1))])
    whose = (text.pk, cast.client.pk, cast.channel_queue.pk, interaction.pk)
    assert heard == [
        TextSettled(*whose, MessageStatus.SENT, MessageStatus.QUEUED),
        TextSettled(*whose, MessageStatus.DELIVERED, MessageStatus.SENT),
    ]


def test_a_text_that_goes_back_into_the_queue_has_not_settled(cast: Cast) -> None:
    interaction, claim = conversation(cast.channel_queue), uuid4()
    text = said(interaction, "Oui", direction=Direction.OUT, status=MessageStatus.QUEUED, claim=claim)
    again = sending.Result(text.pk, MessageStatus.QUEUED, NOW, reason="throttled", not_before=NOW)
    with scopes_disabled(), transaction.atomic(), listening(texts_settled) as heard:
        sending.record_results(results=[again], claim=claim, providers=[cast.provider.pk])
    assert heard == []


def test_what_people_do_is_told_with_whom_it_is_about(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    with scope(company=cast.client), listening(interactions_changed) as heard:
        holding.give(interaction=interaction, acting=cast.manager, to=cast.agent, now=NOW)
        lifecycle.close(interaction=interaction, acting=cast.manager, now=NOW)
    what = (interaction.pk, cast.client.pk, cast.channel_queue.pk, cast.queue.pk)
    assert heard == [
        InteractionChanged(*what, Happening.ASSIGNED, cast.manager.pk, cast.agent.pk, NOW),
        InteractionChanged(*what, Happening.CLOSED, cast.manager.pk, None, NOW),
    ]


def _raise() -> None:
    raise KeyError("a listener with a mistake")


def _break() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


@pytest.mark.parametrize("mistake", [_raise, _break])
def test_a_listener_that_fails_undoes_nothing(cast: Cast, mistake: Any, caplog: pytest.LogCaptureFixture) -> None:
    def listener() -> None:
        cast.agent.display_name = "Changed by a listener"
        cast.agent.save(update_fields=["display_name"])
        mistake()

    with listening(texts_received, listener):
        arrive(cast, "un")
    with scopes_disabled():
        assert Message.objects.count() == 1
    assert User.objects.get(pk=cast.agent.pk).display_name == "Sophie Roy"
