"""Closing a queue: only where no channel points to it, and none of its conversations is under way."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import ngettext

from scopchat.accounts.models import User
from scopchat.channels.loans import channels_shown
from scopchat.common.refusals import Refusal
from scopchat.interactions.models import Interaction
from scopchat.queues.models import Queue
from scopchat.queues.services import mark_closed


class QueueInUse(Refusal):
    """What still comes to the queue, or waits in it."""

    code = "queue_in_use"

    def __init__(self, *, channels: int, conversations: int) -> None:
        reasons = []
        if channels:
            reasons.append(
                ngettext(
                    "%(n)s channel sends its messages to this queue: give it another destination first.",
                    "%(n)s channels send their messages to this queue: give them another destination first.",
                    channels,
                )
                % {"n": channels}
            )
        if conversations:
            reasons.append(
                ngettext(
                    "%(n)s conversation of this queue is still under way: close or transfer it first.",
                    "%(n)s conversations of this queue are still under way: close or transfer them first.",
                    conversations,
                )
                % {"n": conversations}
            )
        super().__init__(" ".join(reasons))


@transaction.atomic
def close_queue(*, queue: Queue, acting: User | None = None, now: datetime) -> None:
    """Nothing comes to the queue any more, and nothing offers it. Raises `QueueInUse`, `QueueClosed`."""
    # Texts that are arriving hold the row by their foreign key, what is transferred here by `require_not_closed`:
    # what they bring is counted.
    Queue.objects.select_for_update().get(pk=queue.pk)
    channels = channels_shown(queue.company).filter(queue=queue).count()
    conversations = Interaction.objects.not_closed().filter(queue=queue).count()
    if channels or conversations:
        raise QueueInUse(channels=channels, conversations=conversations)
    mark_closed(queue=queue, acting=acting, now=now)
