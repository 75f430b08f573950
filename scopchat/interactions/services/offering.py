"""What queues do by themselves: giving a conversation to one of their agents, and having it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Coalesce

from scopchat.interactions.models import Interaction
from scopchat.interactions.services.changes import announce
from scopchat.interactions.services.steps import hand_over, move, record
from scopchat.interactions.status import Happening, Verb


@transaction.atomic
def offer(*, interaction: Interaction, to: int, now: datetime) -> None:
    """Gives what nobody has to an agent of its queue, who has to accept it. Raises `HeldByAnother`, `Overtaken`."""
    hand_over(interaction, now=now, assignee_id=to, offered_at=now, released_by=None)
    record(interaction, Happening.OFFERED, acting=None, now=now, about_id=to)
    announce(interaction)


@transaction.atomic
def put_back(*, interaction: Interaction, happening: Happening, now: datetime) -> None:
    """Gives the interaction back to its queue, where it waits. Raises `HeldByAnother`, `Overtaken`."""
    before = interaction.assignee_id
    hand_over(interaction, now=now, assignee_id=None, offered_at=None)
    move(interaction, Verb.ENQUEUE, now=now, waiting_since=Coalesce("waiting_since", now))
    interaction.refresh_from_db(fields=["waiting_since"])
    record(interaction, happening, acting=None, now=now, about_id=before)
    announce(interaction, also=before)
