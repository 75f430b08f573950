"""Answering a customer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.interactions.models import Interaction, Message
from scopchat.interactions.services import holding, outbox
from scopchat.interactions.services.changes import announce
from scopchat.interactions.services.steps import move, require
from scopchat.interactions.status import Verb


def reply(*, interaction: Interaction, acting: User, text: str, idempotency_key: UUID, now: datetime) -> Message:
    """Queues an answer and opens the interaction. Whoever answers what nobody has takes it.

    Who answers what was given to them accepts it.

    The same `idempotency_key` again gives the message it made the first time. Raises `NotAllowed`, `Conflict` (closed
    or taken meanwhile), `EmptyText`, `TextTooLong`.
    """
    text = outbox.sendable(text)
    require(interaction, acting=acting, permission=Permission.ANSWER)
    before = outbox.already_sent(company_id=interaction.company_id, idempotency_key=idempotency_key)
    if before is not None:
        return before
    try:
        return _reply(interaction, acting, text, idempotency_key, now)
    except IntegrityError:
        # The same draft arrived twice at the same moment; the other one is the message.
        twin = outbox.already_sent(company_id=interaction.company_id, idempotency_key=idempotency_key)
        if twin is None:
            raise
        return twin


@transaction.atomic
def _reply(interaction: Interaction, acting: User, text: str, key: UUID, now: datetime) -> Message:
    if interaction.assignee_id in {None, acting.pk}:
        holding.take_if_free(interaction, acting=acting, now=now)
    move(
        interaction,
        Verb.REPLY,
        now=now,
        waiting_since=None,
        wake_at=None,
        unread=0,
        preview=text[: outbox.PREVIEW_CHARACTERS],
        preview_is_ours=True,
        last_activity_at=now,
    )
    message = outbox.queue_text(interaction=interaction, author=acting, text=text, idempotency_key=key, now=now)
    announce(interaction)
    return message
