"""Answering a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.interactions.errors import DraftSent
from scopchat.interactions.models import Interaction, Message
from scopchat.interactions.services import drafts, holding, outbox
from scopchat.interactions.services.changes import announce
from scopchat.interactions.services.steps import move, require
from scopchat.interactions.services.uploads import chosen
from scopchat.interactions.status import Verb


def reply(
    *,
    interaction: Interaction,
    acting: User,
    text: str,
    idempotency_key: UUID,
    now: datetime,
    photos: Sequence[int] = (),
) -> Message:
    """Queues an answer and opens the interaction. Whoever answers what nobody has takes it.

    Who answers what was given to them accepts it. `photos` are ids of uploads of theirs.

    The same `idempotency_key` again gives the message it made the first time. Raises `NotAllowed`, `Conflict` (closed
    or taken meanwhile), `EmptyText`, `TextTooLong`,
    `PhotosRefused`, `DraftSent`.
    """
    text = outbox.sendable(text, has_photos=bool(photos))
    require(interaction, acting=acting, permission=Permission.ANSWER)
    before = outbox.already_sent(company_id=interaction.company_id, idempotency_key=idempotency_key)
    if before is not None:
        return _same(before, text)
    try:
        return _reply(interaction, acting, text, idempotency_key, now, photos)
    except IntegrityError:
        # The same draft arrived twice at the same moment; the other one is the message.
        twin = outbox.already_sent(company_id=interaction.company_id, idempotency_key=idempotency_key)
        if twin is None:
            raise
        return _same(twin, text)


def _same(before: Message, text: str) -> Message:
    """The text that the draft has become; raises `DraftSent` where it was written on meanwhile, in another window."""
    if before.text != text:
        raise DraftSent
    return before


@transaction.atomic
def _reply(
    interaction: Interaction, acting: User, text: str, key: UUID, now: datetime, photos: Sequence[int]
) -> Message:
    uploads = chosen(photos, person=acting, channel=interaction.channel)
    if interaction.assignee_id in {None, acting.pk}:
        holding.take_if_free(interaction, acting=acting, now=now)
    move(
        interaction,
        Verb.REPLY,
        now=now,
        waiting_since=None,
        wake_at=None,
        unread=0,
        preview=outbox.preview_of(text),
        preview_is_ours=True,
        last_activity_at=now,
    )
    message = outbox.queue_text(
        interaction=interaction, author=acting, text=text, idempotency_key=key, now=now, photos=uploads
    )
    drafts.forget(interaction=interaction, person=acting)
    announce(interaction)
    return message
