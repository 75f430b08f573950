"""Who has an interaction: taking, giving to a colleague or a queue, taking back, releasing to the members."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Reach
from scopchat.common.refusals import Conflict, NotAllowed
from scopchat.interactions.errors import HeldByAnother
from scopchat.interactions.models import Interaction
from scopchat.interactions.services.changes import announce
from scopchat.interactions.services.steps import hand_over, move, overtaken, record, require, require_one_of
from scopchat.interactions.status import Happening, InteractionStatus, Verb
from scopchat.interactions.visibility import allowed
from scopchat.queues.models import Queue
from scopchat.queues.services import require_not_closed


def may_take(user: User) -> Q:
    """What the person may take: given to them, released to members they are one of, or theirs to assign."""
    released = Q(assignee=None, released_by__isnull=False) & allowed(user, Permission.SEE_INTERACTIONS)
    return Q(assignee=user) | released | allowed(user, Permission.TAKE_OR_ASSIGN)


@transaction.atomic
def take(*, interaction: Interaction, acting: User, now: datetime) -> None:
    """Makes it the person's: what nobody has, or what was given to them and not accepted yet.

    Raises `NotAllowed`, `HeldByAnother`, `Overtaken`.
    """
    if interaction.status != InteractionStatus.CLOSED and interaction.assignee_id not in {None, acting.pk}:
        # Said to whoever sees it, so that two who take at once learn who was first.
        require(interaction, acting=acting, permission=Permission.SEE_INTERACTIONS)
        raise HeldByAnother(interaction.assignee)
    require_one_of(interaction, may_take(acting))
    if interaction.status == InteractionStatus.CLOSED:
        raise overtaken(interaction)
    if take_if_free(interaction, acting=acting, now=now):
        announce(interaction)


def take_if_free(interaction: Interaction, *, acting: User, now: datetime) -> bool:
    """Makes the person the one who has it, unless a colleague does; False where nothing changed.

    In the running transaction. Raises `HeldByAnother`, `Overtaken`.
    """
    if interaction.assignee_id == acting.pk and interaction.offered_at is None:
        return False
    happening = Happening.TAKEN if interaction.assignee_id is None else Happening.ACCEPTED
    try:
        hand_over(interaction, now=now, assignee=acting, offered_at=None, released_by=None)
    except HeldByAnother as held:
        if held.person == acting:
            return False
        raise
    record(interaction, happening, acting=acting, now=now)
    return True


@transaction.atomic
def give(*, interaction: Interaction, acting: User, to: User, note: str = "", now: datetime) -> None:
    """Gives the interaction to a colleague, who has to accept it, whoever has it; to oneself it is theirs at once.

    Raises `NotAllowed`, `HeldByAnother` when it was given to somebody else since the page was shown, `Overtaken`.
    """
    require(interaction, acting=acting, permission=_to_give(interaction))
    if to.company_id != interaction.company_id or not to.is_active or to.reach(Permission.ANSWER) == Reach.NONE:
        raise NotAllowed
    before = interaction.assignee_id
    happening = Happening.ASSIGNED if before is None else Happening.TRANSFERRED
    hand_over(interaction, now=now, assignee=to, offered_at=None if to == acting else now, released_by=None)
    record(interaction, happening, acting=acting, now=now, about=to, note=note)
    announce(interaction, also=before)


@transaction.atomic
def give_to_queue(*, interaction: Interaction, acting: User, queue: Queue, note: str = "", now: datetime) -> None:
    """Gives the interaction to a queue, where it waits for its people. Raises as `give`, and `QueueClosed`."""
    require(interaction, acting=acting, permission=_to_give(interaction))
    if queue.company_id != interaction.company_id:
        raise NotAllowed
    require_not_closed(queue.pk)
    before, waits = interaction.assignee_id, Coalesce("waiting_since", now)
    hand_over(interaction, now=now, assignee=None, offered_at=None, released_by=None, queue=queue)
    move(interaction, Verb.ENQUEUE, now=now, waiting_since=waits, wake_at=None)
    interaction.refresh_from_db(fields=["waiting_since"])
    record(interaction, Happening.QUEUED, acting=acting, now=now, queue=queue, note=note)
    announce(interaction, also=before)


def _to_give(interaction: Interaction) -> Permission:
    """What nobody has is assigned; what somebody has is transferred, by them or by who may answer in their place."""
    return Permission.TAKE_OR_ASSIGN if interaction.assignee_id is None else Permission.ANSWER


@transaction.atomic
def recover(*, interaction: Interaction, acting: User, now: datetime) -> None:
    """Takes the interaction from the colleague who has it, whether they accepted it or not.

    Raises `NotAllowed`, `HeldByAnother` when somebody else has it by now, `Overtaken`.
    """
    before = interaction.assignee
    if before == acting:
        raise Conflict
    require(interaction, acting=acting, permission=Permission.TAKE_OR_ASSIGN)
    if before is None:
        raise Conflict
    hand_over(interaction, now=now, assignee=acting, offered_at=None, released_by=None)
    record(interaction, Happening.RECOVERED, acting=acting, now=now, about=before)
    announce(interaction, also=before.pk)


@transaction.atomic
def release(*, interaction: Interaction, acting: User, now: datetime) -> None:
    """Gives the interaction back to its members, any of whom may take it. Raises `NotAllowed`, `Conflict`."""
    require(interaction, acting=acting, permission=Permission.ANSWER)
    if interaction.assignee_id is None:
        raise Conflict
    before = interaction.assignee_id
    hand_over(interaction, now=now, assignee=None, offered_at=None, released_by=acting)
    record(interaction, Happening.RELEASED, acting=acting, now=now)
    announce(interaction, also=before)
