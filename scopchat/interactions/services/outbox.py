"""Storing a text that the company sends: on disk as queued, then a drain of its channel's shard is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from scopchat.accounts.models import User
from scopchat.channels.drains import Work, defer_drain
from scopchat.channels.models import Channel
from scopchat.channels.queries import count_out
from scopchat.common.gsm import checked, measure
from scopchat.interactions.errors import ChannelStopped, EmptyText
from scopchat.interactions.models import Direction, Interaction, Message, OutboxEntry, Purpose, Upload
from scopchat.interactions.services.uploads import attach
from scopchat.interactions.status import MessageStatus
from scopchat.tenancy.limits import book_segments

PREVIEW_CHARACTERS = 160
PHOTO = "🖼"
"""Stands in a preview for a photo without words."""


def sendable(text: str, *, has_photos: bool = False) -> str:
    """The text as it will be stored; photos may go without one. Raises `EmptyText`, `TextTooLong`."""
    text = checked(text)
    if not text and not has_photos:
        raise EmptyText
    return text


def already_sent(*, company_id: int, idempotency_key: UUID) -> Message | None:
    """The message that this draft became before, if it did: a held Enter or a repeated request sends once."""
    return Message.objects.filter(company_id=company_id, idempotency_key=idempotency_key).first()


def preview_of(text: str) -> str:
    """How a list shows our text, or photos without one."""
    return text[:PREVIEW_CHARACTERS] or PHOTO


def queue_text(
    *,
    interaction: Interaction,
    author: User,
    text: str,
    idempotency_key: UUID,
    now: datetime,
    photos: Sequence[Upload] = (),
) -> Message:
    """Stores an answer as queued in the running transaction and asks for the sender once it is committed.

    It leaves after a moment in which its writer may undo that (`unsend`). Raises `LimitReached` when the company has no
    segments left, and `ChannelStopped`.
    """
    message = _out(interaction.channel, text, now, author=author, idempotency_key=idempotency_key)
    message.interaction = interaction
    not_before = now + settings.UNDO_SEND if settings.UNDO_SEND else None
    return _queue(message, now, photos, not_before=not_before)


def queue_notice(*, channel: Channel, recipient: str, text: str, idempotency_key: UUID, now: datetime) -> Message:
    """Stores a text of the product itself to one of the company's people, which opens no conversation.

    As `queue_text` otherwise.
    """
    message = _out(channel, text, now, idempotency_key=idempotency_key, customer=recipient, purpose=Purpose.NOTICE)
    return _queue(message, now)


def queue_auto_reply(*, interaction: Interaction, text: str, idempotency_key: UUID, now: datetime) -> Message:
    """Stores a text of the product itself to a customer who wrote, as `queue_text` otherwise."""
    customer, purpose = interaction.customer, Purpose.AUTOMATIC
    message = _out(interaction.channel, text, now, idempotency_key=idempotency_key, customer=customer, purpose=purpose)
    message.interaction = interaction
    return _queue(message, now)


def _out(channel: Channel, text: str, now: datetime, **more: Any) -> Message:
    return Message(
        company_id=channel.company_id,
        channel=channel,
        direction=Direction.OUT,
        text=text,
        segments=max(1, measure(text).segments),
        status=MessageStatus.QUEUED,
        created_at=now,
        **more,
    )


def _queue(
    message: Message, now: datetime, photos: Sequence[Upload] = (), *, not_before: datetime | None = None
) -> Message:
    message.save(force_insert=True)
    if photos:
        attach(photos, to=message)
    book_segments(company_id=message.company_id, segments=message.segments, now=now)
    if message.channel.loan_id:
        count_out(channel_id=message.channel_id, segments=message.segments, now=now)
    enter(message, not_before=not_before)
    return message


def enter(message: Message, *, attempts: int = 0, not_before: datetime | None = None) -> None:
    """Puts a queued text into the outbox, to leave from `not_before` on; `attempts` have been made before.

    The sender is told at the commit. Raises `ChannelStopped`.
    """
    if not message.channel.is_active:
        raise ChannelStopped
    OutboxEntry.objects.create(
        message=message,
        channel_id=message.channel_id,
        interaction_id=message.interaction_id,
        attempts=attempts,
        not_before=not_before,
    )
    transaction.on_commit(partial(defer_drain, Work.SEND, message.channel.shard))
