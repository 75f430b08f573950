"""Conversations for tests of pages, made as the router would leave them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django_scopes import scope

from scopchat.channels.models import Channel
from scopchat.interactions.models import Direction, Interaction, Message, OutboxEntry
from scopchat.interactions.status import InteractionStatus, MessageStatus

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def conversation(
    channel: Channel, customer: str = "+15145550142", *, texts: int = 1, minutes: int = 0, **changes: Any
) -> Interaction:
    """A waiting interaction with `texts` texts of the customer, the last one `minutes` after `NOW`."""
    at = NOW + timedelta(minutes=minutes)
    values = {
        "status": InteractionStatus.WAITING,
        "unread": texts,
        "preview": "Bonjour",
        "waiting_since": at,
        "last_activity_at": at,
        "changed_at": at,
        "opened_at": at,
        "queue": channel.queue,
        **changes,
    }
    with scope(company=channel.company_id):
        made: Interaction = Interaction.objects.create(
            company_id=channel.company_id, channel=channel, customer=customer, **values
        )
        for place in range(texts):
            said(made, f"Bonjour {place}", at=at - timedelta(minutes=texts - place - 1))
    return made


def said(
    interaction: Interaction, text: str, *, at: datetime = NOW, claim: UUID | None = None, **changes: Any
) -> Message:
    """One more text in the interaction, the customer's unless told otherwise; one on its way is in the outbox.

    A run of the sender has it when there is a `claim`, or had it when it is unknown.
    """
    values = {"direction": Direction.IN, "status": MessageStatus.RECEIVED, **changes}
    with scope(company=interaction.company_id):
        message: Message = Message.objects.create(
            company_id=interaction.company_id,
            channel_id=interaction.channel_id,
            interaction=interaction,
            text=text,
            created_at=at,
            **values,
        )
    if message.status in {MessageStatus.QUEUED, MessageStatus.UNKNOWN}:
        unknown = message.status == MessageStatus.UNKNOWN
        OutboxEntry.objects.create(
            message=message,
            channel_id=message.channel_id,
            interaction=interaction,
            attempts=message.attempts,
            claim=claim or (uuid4() if unknown else None),
            claimed_at=at if claim or unknown else None,
            unknown_at=at if unknown else None,
        )
    return message
