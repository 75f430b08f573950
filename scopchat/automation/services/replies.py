"""Automatic replies: asked for while a text is stored, queued a moment later, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid5

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django_scopes import scope

from scopchat.automation.models import AutoReply, Occasion
from scopchat.automation.words import text_of
from scopchat.common.clock import utc_now
from scopchat.common.refusals import Refusal
from scopchat.interactions.models import Interaction, Message, Purpose
from scopchat.interactions.services.outbox import already_sent, queue_auto_reply

logger = structlog.get_logger(__name__)

MAX_LATE = timedelta(hours=1)
"""A text that could not be replied to for so long is not any more: by then it would surprise."""
MAX_AN_HOUR = 4
"""Automatic replies to one number from one channel: robots that answer each other stop there."""
KEYS = UUID("7a1f6d52-52c5-4b58-9a3e-5d9f0c7f4a11")
"""Namespace of the idempotency keys of automatic replies."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reply that a customer's text calls for."""

    company_id: int
    message_id: int
    interaction_id: int
    occasion: Occasion
    at: datetime
    language: str = ""
    """Of the customer's word, where the reply has words in each."""
    window: str = ""
    """The stretch of time in which the customer gets such a reply once."""


def ask_for_replies(*, wanted: Sequence[Wanted]) -> None:
    """Notes in the running transaction that these texts are to be replied to, and does it after the commit.

    Not at once: whoever routes a batch of many companies' texts would keep the pools of segments of all of them.
    """
    AutoReply.objects.bulk_create(
        [
            AutoReply(
                company_id=one.company_id,
                message_id=one.message_id,
                interaction_id=one.interaction_id,
                occasion=one.occasion,
                language=one.language,
                window=one.window,
                asked_at=one.at,
            )
            for one in wanted
        ],
        ignore_conflicts=True,
    )
    if wanted:
        transaction.on_commit(partial(_queue_after_commit, wanted), robust=True)


def _queue_after_commit(wanted: Sequence[Wanted]) -> None:
    # The scope in which the text was stored may have ended before the transaction.
    with scope(company=sorted({one.company_id for one in wanted})):
        queue_replies([one.message_id for one in wanted])


def queue_replies(messages: Sequence[int] | None = None) -> None:
    """Queues the replies to these texts, or all that there are: what died between a commit and here is found again."""
    found = AutoReply.objects.order_by("pk")
    for pk in (found if messages is None else found.filter(pk__in=messages)).values_list("pk", flat=True):
        try:
            _queue(pk, now=utc_now())
        except (OperationalError, InterfaceError):
            raise
        except DatabaseError:
            # It is tried again until it is too late; the others have nothing to do with it.
            logger.exception("auto_reply_failed", message=pk)


@transaction.atomic
def _queue(pk: int, *, now: datetime) -> None:
    """One reply, if nobody else is at it: it is taken out of the waiting ones in the transaction that queues it."""
    found = AutoReply.objects.select_related("interaction__channel__company").select_for_update(
        skip_locked=True, of=("self",)
    )
    reply: AutoReply | None = found.filter(pk=pk).first()
    if reply is None:
        return
    AutoReply.objects.filter(pk=pk).delete()
    text = text_of(reply)
    if now - reply.asked_at > MAX_LATE or not text:
        logger.info("auto_reply_left_out", message=pk, occasion=reply.occasion)
        return
    interaction = reply.interaction
    once = f"{reply.occasion} {interaction.channel_id} {interaction.customer} {reply.window}"
    key = uuid5(KEYS, once if reply.window else str(pk))
    send_once(interaction=interaction, text=text, key=key, now=now)


def send_once(*, interaction: Interaction, text: str, key: UUID, now: datetime) -> None:
    """Queues a text of the product itself to the customer, unless there is one of this key, or it may not go.

    In the running transaction. What is left out is logged.
    """
    channel, company = interaction.channel, interaction.channel.company
    if already_sent(company_id=company.pk, idempotency_key=key):
        return
    if not (channel.is_active and company.is_active) or _too_many(interaction, now):
        logger.info("auto_reply_left_out", interaction=interaction.pk)
        return
    try:
        with transaction.atomic():
            queue_auto_reply(interaction=interaction, text=text, idempotency_key=key, now=now)
    except Refusal as refusal:
        logger.warning("auto_reply_refused", interaction=interaction.pk, company=company.pk, code=refusal.code)


def _too_many(interaction: Interaction, now: datetime) -> bool:
    """Whether the number has had all that it gets within an hour. Index `message_automatic`."""
    before = Message.objects.filter(
        channel_id=interaction.channel_id,
        customer=interaction.customer,
        purpose=Purpose.AUTOMATIC,
        created_at__gt=now - timedelta(hours=1),
    )
    return before.count() >= MAX_AN_HOUR
