"""Answering a customer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.interactions.models import Happening, Interaction, Message
from scopchat.interactions.services import lifecycle, outbox
from scopchat.interactions.services.changes import announce
from scopchat.interactions.status import Verb


def reply(*, interaction: Interaction, acting: User, text: str, idempotency_key: UUID, now: datetime) -> Message:
    """Queues an answer, opens the interaction, and takes it when nobody had it.

    The same `idempotency_key` again gives the message it made the first time. Raises `NotAllowed`, `Conflict` (closed
    or taken meanwhile), `EmptyText`, `TextTooLong`.
    """
    text = outbox.sendable(text)
    lifecycle.require(interaction, acting=acting, permission=Permission.ANSWER)
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
    if interaction.assignee_id is None and lifecycle.claim_if_free(interaction, acting=acting, now=now):
        lifecycle.record(interaction, Happening.TAKEN, acting=acting, now=now)
    lifecycle.move(
        interaction,
        Verb.REPLY,
        now=now,
        waiting_since=None,
        unread=0,
        preview=text[: outbox.PREVIEW_CHARACTERS],
        preview_is_ours=True,
        last_activity_at=now,
    )
    message = outbox.queue_text(interaction=interaction, author=acting, text=text, idempotency_key=key, now=now)
    announce(interaction)
    return message
