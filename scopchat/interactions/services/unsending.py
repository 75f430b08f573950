"""Undoing that a text was sent, as long as it has not left."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.channels.queries import count_back
from scopchat.interactions.errors import AlreadyLeft, NotItsWriter
from scopchat.interactions.models import Direction, Interaction, Message, OutboxEntry, Upload
from scopchat.interactions.services import uploads
from scopchat.interactions.services.changes import announce
from scopchat.interactions.services.outbox import PHOTO, PREVIEW_CHARACTERS
from scopchat.interactions.status import InteractionStatus
from scopchat.tenancy.limits import return_segments


@transaction.atomic
def unsend(*, message: Message, acting: User, now: datetime) -> list[Upload]:
    """Takes a text back that its writer has sent and the sender has not claimed; it is as if it had never been written.

    Returns its photos, which are the writer's again. Raises `NotItsWriter`, `AlreadyLeft`.
    """
    if message.author_id != acting.pk or message.interaction_id is None:
        raise NotItsWriter
    interaction = Interaction.objects.select_for_update(no_key=True).get(pk=message.interaction_id)
    # A claim of the sender's holds the row: either it finds nothing to claim, or this nothing to take back.
    waiting = OutboxEntry.objects.filter(message=message, claim=None, unknown_at=None)
    if not waiting.delete()[0]:
        raise AlreadyLeft
    photos = uploads.give_back(message, person=acting, now=now)
    message.delete()
    return_segments(company_id=message.company_id, segments=message.segments, now=message.created_at)
    if message.channel.loan_id:
        count_back(channel_id=message.channel_id, segments=message.segments, now=message.created_at)
    _stand_as_before(interaction, now)
    announce(interaction)
    return photos


def _stand_as_before(interaction: Interaction, now: datetime) -> None:
    """The interaction waits again where its last word is the customer's."""
    texts = Message.objects.of_thread(interaction.pk)
    last: Message | None = texts.last()
    if interaction.preview_is_ours:
        interaction.preview = (last.text[:PREVIEW_CHARACTERS] or PHOTO) if last else ""
        interaction.preview_is_ours = last is not None and last.direction == Direction.OUT
        interaction.last_activity_at = last.created_at if last else interaction.last_activity_at
    if interaction.status == InteractionStatus.OPEN and last is not None and last.direction == Direction.IN:
        answered = texts.filter(direction=Direction.OUT).last()
        unanswered = texts.filter(id__gt=answered.pk if answered else 0).first()
        interaction.status = InteractionStatus.WAITING
        interaction.waiting_since = unanswered.created_at if unanswered else None
    interaction.changed_at = now
    interaction.save()
