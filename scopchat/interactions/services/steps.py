"""What every step of an interaction is made of: who may, compare-and-set, and what the thread tells of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.common.refusals import NotAllowed
from scopchat.interactions.errors import HeldByAnother, Overtaken
from scopchat.interactions.models import Interaction, InteractionEvent
from scopchat.interactions.signals import InteractionChanged, interactions_changed
from scopchat.interactions.status import INTERACTION_MOVES, Happening, Verb
from scopchat.interactions.visibility import allowed


def require(interaction: Interaction, *, acting: User, permission: Permission) -> None:
    """Raises `NotAllowed` unless the person has the permission over this interaction."""
    require_one_of(interaction, allowed(acting, permission))


def require_one_of(interaction: Interaction, among: Q) -> None:
    """Raises `NotAllowed` unless the interaction is among these."""
    if not Interaction.objects.filter(among, pk=interaction.pk).exists():
        raise NotAllowed


def move(interaction: Interaction, verb: Verb, *, now: datetime, **changes: Any) -> None:
    """Compare-and-set of the status along the ladder, with `changes` beside it. Raises `Overtaken`."""
    allowed_from, target = INTERACTION_MOVES[verb]
    _set(interaction, Q(status__in=allowed_from), now=now, status=target, **changes)


def hand_over(interaction: Interaction, *, now: datetime, **changes: Any) -> None:
    """Compare-and-set of who has it: still whoever had it when it was read. Raises `HeldByAnother`, `Overtaken`."""
    try:
        _set(interaction, _under_way(interaction.assignee_id), now=now, **changes)
    except Overtaken:
        holder = holder_of(interaction)
        if holder and holder.pk != interaction.assignee_id:
            raise HeldByAnother(holder) from None
        raise


def _under_way(assignee: int | None) -> Q:
    return Q(assignee=assignee, status__in=INTERACTION_MOVES[Verb.CLOSE][0])


def _set(interaction: Interaction, unchanged: Q, *, now: datetime, **changes: Any) -> None:
    # Whatever somebody does with it, it is not without anybody who sees to it.
    changes = {"escalated_at": None, **changes, "changed_at": now}
    if not Interaction.objects.filter(unchanged, pk=interaction.pk).update(**changes):
        raise overtaken(interaction)
    for name, value in changes.items():
        setattr(interaction, name, value)


def overtaken(interaction: Interaction) -> Overtaken:
    """The refusal that says what happened last."""
    events = InteractionEvent.objects.filter(interaction=interaction).select_related("person", "about", "queue")
    return Overtaken(events.order_by("-id").first())


def holder_of(interaction: Interaction) -> User | None:
    """Who has the interaction at this moment; nobody has one that is closed."""
    under_way = Interaction.objects.select_related("assignee").not_closed()
    current: Interaction | None = under_way.filter(pk=interaction.pk).first()
    return current.assignee if current else None


def record(
    interaction: Interaction, happening: Happening, *, acting: User | None, now: datetime, **more: Any
) -> InteractionEvent:
    """Writes what happened into the thread, and tells the domains above.

    `more` are other fields of the event: `about`, `queue`, `until`, `note`.
    """
    event: InteractionEvent = InteractionEvent.objects.create(
        company_id=interaction.company_id,
        interaction=interaction,
        happening=happening,
        person=acting,
        created_at=now,
        **more,
    )
    if interactions_changed.has_listeners():
        change = InteractionChanged(
            interaction_id=interaction.pk,
            company_id=interaction.company_id,
            channel_id=interaction.channel_id,
            queue_id=interaction.queue_id,
            happening=happening,
            person_id=event.person_id,
            about_id=event.about_id,
            at=now,
        )
        interactions_changed.send(sender=None, changes=(change,))
    return event
