"""The steps of an interaction's life that people take: read, pause, resume, close, reopen; and waking by itself."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.common.queries import batch
from scopchat.common.refusals import taken
from scopchat.events.catalogue import Part
from scopchat.interactions import queries
from scopchat.interactions.errors import NotTheLatest, WakesInThePast
from scopchat.interactions.models import Interaction
from scopchat.interactions.services import drafts
from scopchat.interactions.services.changes import announce, announce_rows
from scopchat.interactions.services.outbox import sendable
from scopchat.interactions.services.steps import move, record, require
from scopchat.interactions.signals import InteractionChanged, interactions_changed
from scopchat.interactions.status import Happening, Verb
from scopchat.interactions.visibility import allowed
from scopchat.queues.services import QueueClosed, require_not_closed


@transaction.atomic
def acknowledge(*, interaction: Interaction, acting: User, now: datetime) -> None:
    """The green check: read, no answer needed. Raises `NotAllowed`, `Overtaken` when it is not waiting."""
    require(interaction, acting=acting, permission=Permission.ANSWER)
    move(interaction, Verb.ACKNOWLEDGE, now=now, waiting_since=None, unread=0)
    record(interaction, Happening.ACKNOWLEDGED, acting=acting, now=now)
    announce(interaction)


@transaction.atomic
def pause(*, interaction: Interaction, acting: User, until: datetime | None, now: datetime) -> None:
    """Holds the interaction until a moment, or until a person resumes it; a text of the customer's ends it before.

    Raises `NotAllowed`, `Overtaken`, `WakesInThePast`.
    """
    if until is not None and until <= now:
        raise WakesInThePast
    require(interaction, acting=acting, permission=Permission.ANSWER)
    move(interaction, Verb.PAUSE, now=now, waiting_since=None, unread=0, wake_at=until)
    record(interaction, Happening.PAUSED, acting=acting, now=now, until=until)
    announce(interaction)


@transaction.atomic
def resume(*, interaction: Interaction, acting: User, now: datetime) -> None:
    """Ends a pause. Raises `NotAllowed`, `Overtaken`."""
    require(interaction, acting=acting, permission=Permission.ANSWER)
    move(interaction, Verb.RESUME, now=now, wake_at=None)
    record(interaction, Happening.RESUMED, acting=acting, now=now)
    announce(interaction)


@transaction.atomic
def wake(*, now: datetime) -> int:
    """Ends the pauses, of all companies, whose time has come: what was paused waits. Returns how many."""
    found = batch(queries.statement("wake"), {"now": now})
    announce_rows([(pk, company, channel, queue, person) for pk, company, channel, queue, person in found])
    if interactions_changed.has_listeners() and found:
        changes = [
            InteractionChanged(pk, company, channel, queue, Happening.WOKEN, None, None, now)
            for pk, company, channel, queue, _person in found
        ]
        interactions_changed.send(sender=None, changes=changes)
    return len(found)


@transaction.atomic
def close(*, interaction: Interaction, acting: User, now: datetime) -> None:
    """Ends the interaction: it leaves Messages and stays in Interactions. Raises `NotAllowed`, `Overtaken`."""
    require(interaction, acting=acting, permission=Permission.ANSWER)
    move(interaction, Verb.CLOSE, now=now, waiting_since=None, unread=0, wake_at=None, offered_at=None, closed_at=now)
    record(interaction, Happening.CLOSED, acting=acting, now=now)
    announce(interaction)


@transaction.atomic
def reopen(*, interaction: Interaction, acting: User, now: datetime) -> None:
    """Takes a closed interaction up again, while the customer has no newer one: it is the person's.

    Where its queue was closed since, it goes on in the one to which the channel's messages come now.
    Raises `NotAllowed`, `Overtaken`, `NotTheLatest`.
    """
    require(interaction, acting=acting, permission=Permission.ANSWER)
    newer = Interaction.objects.filter(
        channel_id=interaction.channel_id, customer=interaction.customer, pk__gt=interaction.pk
    )
    if newer.exists():
        raise NotTheLatest
    ours = {"assignee": acting, "released_by": None, "closed_at": None, "last_activity_at": now}
    queue_id = _queue_to_go_on_in(interaction)
    # The customer may write at the same moment.
    with taken({"interaction_one_open": NotTheLatest}):
        move(interaction, Verb.REOPEN, now=now, queue_id=queue_id, **ours)
    record(interaction, Happening.REOPENED, acting=acting, now=now)
    announce(interaction)


def _queue_to_go_on_in(interaction: Interaction) -> int | None:
    if interaction.queue_id is None:
        return None
    try:
        require_not_closed(interaction.queue_id)
    except QueueClosed:
        queue: int | None = interaction.channel.queue_id
        return queue
    queue_id: int = interaction.queue_id
    return queue_id


@transaction.atomic
def note(*, interaction: Interaction, acting: User, text: str, now: datetime) -> None:
    """Leaves a note for colleagues in the thread, whoever has it. Raises `NotAllowed`, `EmptyText`, `TextTooLong`."""
    require(interaction, acting=acting, permission=Permission.SEE_INTERACTIONS)
    record(interaction, Happening.NOTED, acting=acting, now=now, note=sendable(text))
    drafts.forget(interaction=interaction, person=acting)
    announce(interaction, part=Part.THREAD)


@transaction.atomic
def mark_seen(*, interaction: Interaction, acting: User, now: datetime) -> None:
    """Somebody who may answer looked at it: nothing in it is unread any more. Others' looks change nothing."""
    seen = Interaction.objects.filter(allowed(acting, Permission.ANSWER), pk=interaction.pk, unread__gt=0)
    if interaction.assignee_id not in {None, acting.pk}:
        return
    if seen.update(unread=0, changed_at=now):
        interaction.unread = 0
        announce(interaction, part=Part.ROW)
