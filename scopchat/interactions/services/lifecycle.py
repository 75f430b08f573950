"""The steps of an interaction's life that people take: read, take, assign, close."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Reach
from scopchat.common.refusals import Conflict, NotAllowed
from scopchat.events.catalogue import Part
from scopchat.interactions.errors import HeldByAnother
from scopchat.interactions.models import Happening, Interaction, InteractionEvent
from scopchat.interactions.services.changes import announce
from scopchat.interactions.signals import InteractionChanged, interactions_changed
from scopchat.interactions.status import INTERACTION_MOVES, InteractionStatus, Verb
from scopchat.interactions.visibility import within_reach


def require(interaction: Interaction, *, acting: User, permission: Permission) -> None:
    """Raises `NotAllowed` unless the person's permission reaches this interaction."""
    reachable = within_reach(acting, acting.reach(permission))
    if not Interaction.objects.filter(reachable, pk=interaction.pk).exists():
        raise NotAllowed


def move(interaction: Interaction, verb: Verb, *, now: datetime, **changes: Any) -> None:
    """Compare-and-set of the status along the ladder, with `changes` beside it. Raises `Conflict`."""
    allowed, target = INTERACTION_MOVES[verb]
    changes = {"status": target, "changed_at": now, **changes}
    moved = Interaction.objects.filter(pk=interaction.pk, status__in=allowed).update(**changes)
    if not moved:
        raise Conflict
    for name, value in changes.items():
        setattr(interaction, name, value)


def record(
    interaction: Interaction, happening: Happening, *, acting: User, now: datetime, about: User | None = None
) -> None:
    """Writes what happened into the thread, and tells the domains above."""
    InteractionEvent.objects.create(
        company_id=interaction.company_id,
        interaction=interaction,
        happening=happening,
        person=acting,
        about=about,
        created_at=now,
    )
    if interactions_changed.has_listeners():
        change = InteractionChanged(
            interaction_id=interaction.pk,
            company_id=interaction.company_id,
            channel_id=interaction.channel_id,
            queue_id=interaction.queue_id,
            happening=happening,
            person_id=acting.pk,
            about_id=about.pk if about else None,
            at=now,
        )
        interactions_changed.send(sender=None, changes=(change,))


@transaction.atomic
def acknowledge(*, interaction: Interaction, acting: User, now: datetime) -> None:
    """The green check: read, no answer needed. Raises `NotAllowed`, `Conflict` when it is not waiting."""
    require(interaction, acting=acting, permission=Permission.ANSWER)
    move(interaction, Verb.ACKNOWLEDGE, now=now, waiting_since=None, unread=0)
    record(interaction, Happening.ACKNOWLEDGED, acting=acting, now=now)
    announce(interaction)


@transaction.atomic
def close(*, interaction: Interaction, acting: User, now: datetime) -> None:
    """Ends the interaction: it leaves Messages and stays in Interactions. Raises `NotAllowed`, `Conflict`."""
    require(interaction, acting=acting, permission=Permission.ANSWER)
    move(interaction, Verb.CLOSE, now=now, waiting_since=None, unread=0, closed_at=now)
    record(interaction, Happening.CLOSED, acting=acting, now=now)
    announce(interaction)


def claim_if_free(interaction: Interaction, *, acting: User, now: datetime) -> bool:
    """Makes the person the assignee if nobody is; False when it is theirs already. Raises `Conflict`."""
    free = Interaction.objects.filter(pk=interaction.pk, assignee=None).exclude(status=InteractionStatus.CLOSED)
    if free.update(assignee=acting, changed_at=now):
        interaction.assignee = acting
        return True
    holder = holder_of(interaction)
    if holder == acting:
        return False
    raise HeldByAnother(holder)


def holder_of(interaction: Interaction) -> User | None:
    """Who has the interaction at this moment; nobody has one that is closed."""
    under_way = Interaction.objects.select_related("assignee").not_closed()
    current: Interaction | None = under_way.filter(pk=interaction.pk).first()
    return current.assignee if current else None


@transaction.atomic
def take(*, interaction: Interaction, acting: User, now: datetime) -> None:
    """Gives an unassigned interaction to the person. Raises `NotAllowed`, `Conflict` when somebody has it."""
    require(interaction, acting=acting, permission=Permission.TAKE_OR_ASSIGN)
    if claim_if_free(interaction, acting=acting, now=now):
        record(interaction, Happening.TAKEN, acting=acting, now=now)
        announce(interaction)


@transaction.atomic
def assign(*, interaction: Interaction, acting: User, to: User, now: datetime) -> None:
    """Gives the interaction to a colleague, whoever had it.

    Raises `NotAllowed`, and `Conflict` when it was closed or given to somebody else since the page was shown.
    """
    require(interaction, acting=acting, permission=Permission.TAKE_OR_ASSIGN)
    if to.company_id != interaction.company_id or not to.is_active or to.reach(Permission.ANSWER) == Reach.NONE:
        raise NotAllowed
    before = interaction.assignee_id
    unchanged = Interaction.objects.filter(pk=interaction.pk, assignee=before).exclude(status=InteractionStatus.CLOSED)
    if not unchanged.update(assignee=to, changed_at=now):
        raise HeldByAnother(holder_of(interaction))
    interaction.assignee = to
    record(interaction, Happening.ASSIGNED, acting=acting, now=now, about=to)
    announce(interaction, also=before)


@transaction.atomic
def mark_seen(*, interaction: Interaction, acting: User, now: datetime) -> None:
    """Somebody who may answer looked at it: nothing in it is unread any more. Others' looks change nothing."""
    reachable = within_reach(acting, acting.reach(Permission.ANSWER))
    seen = Interaction.objects.filter(reachable, pk=interaction.pk, unread__gt=0)
    if interaction.assignee_id not in {None, acting.pk}:
        return
    if seen.update(unread=0, changed_at=now):
        interaction.unread = 0
        announce(interaction, part=Part.ROW)
