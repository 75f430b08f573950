"""Undoing what a person just did to an interaction, while nothing has happened to it since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.common.refusals import taken
from scopchat.interactions.errors import Overtaken
from scopchat.interactions.models import Interaction
from scopchat.interactions.services.changes import announce
from scopchat.interactions.services.steps import record
from scopchat.interactions.status import Happening, InteractionStatus
from scopchat.queues.services import require_not_closed

RESTORED = (
    *("status", "assignee_id", "offered_at", "released_by_id", "queue_id", "unread"),
    *("waiting_since", "wake_at", "last_activity_at", "closed_at"),
)


def state_of(interaction: Interaction) -> dict[str, Any]:
    """What a step may change."""
    return {name: getattr(interaction, name) for name in RESTORED}


@transaction.atomic
def undo(
    *, interaction: Interaction, acting: User, before: dict[str, Any], changed_at: datetime, now: datetime
) -> None:
    """Makes the interaction what it was before the person's step at `changed_at`. Raises `Overtaken`, `QueueClosed`.

    The caller has made sure that the step was the person's own.
    """
    if before["queue_id"] and before["status"] != InteractionStatus.CLOSED:
        require_not_closed(before["queue_id"])
    unchanged = Interaction.objects.filter(pk=interaction.pk, changed_at=changed_at)
    # It was closed, and the customer has written since.
    with taken({"interaction_one_open": lambda: Overtaken(None)}):
        if not unchanged.update(**before, changed_at=now):
            raise Overtaken(None)
    holder = interaction.assignee_id
    interaction.refresh_from_db()
    record(interaction, Happening.UNDONE, acting=acting, now=now)
    announce(interaction, also=holder)
