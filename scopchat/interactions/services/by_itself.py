"""What happens to conversations by itself: queues give them out and have them back, what waits too long moves on."""

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
def put_back(*, interaction: Interaction, happening: Happening, now: datetime, to_members: bool = False) -> None:
    """Gives the interaction back to its queue, where it waits; or to any of its members, as if its person released it.

    Raises `HeldByAnother`, `Overtaken`.
    """
    before = interaction.assignee_id
    hand_over(interaction, now=now, assignee_id=None, offered_at=None, released_by_id=before if to_members else None)
    move(interaction, Verb.ENQUEUE, now=now, waiting_since=Coalesce("waiting_since", now))
    interaction.refresh_from_db(fields=["waiting_since"])
    record(interaction, happening, acting=None, now=now, about_id=before)
    announce(interaction, also=before)


@transaction.atomic
def escalate(*, interaction: Interaction, absent: bool, now: datetime) -> None:
    """Brings to the managers what waits for nobody, or for somebody who is `absent`. Raises `Overtaken`."""
    hand_over(interaction, now=now, escalated_at=now)
    happening = Happening.ESCALATED_FROM if absent else Happening.ESCALATED
    record(interaction, happening, acting=None, now=now, about_id=interaction.assignee_id if absent else None)
    announce(interaction)


@transaction.atomic
def end(*, interaction: Interaction, absent: bool, now: datetime) -> None:
    """Closes what waits for nobody, or for somebody who is `absent`. Raises `Overtaken`."""
    move(interaction, Verb.CLOSE, now=now, waiting_since=None, unread=0, wake_at=None, offered_at=None, closed_at=now)
    happening = Happening.ENDED_FROM if absent else Happening.ENDED
    record(interaction, happening, acting=None, now=now, about_id=interaction.assignee_id if absent else None)
    announce(interaction)
