"""What a person may do with one interaction, so that a page offers nothing it would refuse."""

from __future__ import annotations

from dataclasses import dataclass

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Reach
from scopchat.interactions.models import Interaction
from scopchat.interactions.status import INTERACTION_MOVES, InteractionStatus, Verb
from scopchat.interactions.visibility import within_reach


@dataclass(frozen=True, slots=True)
class Abilities:
    answer: bool = False
    write: bool = False
    """Answer with a text: the channel has to be in use."""
    acknowledge: bool = False
    take: bool = False
    assign: bool = False
    close: bool = False
    see: bool = False
    """Looking at it makes it read."""


def abilities(interaction: Interaction, user: User) -> Abilities:
    """Of an interaction that the person sees. The services decide again; this is what the buttons go by."""
    if interaction.status == InteractionStatus.CLOSED:
        return Abilities()
    answers = _reaches(interaction, user, Permission.ANSWER)
    assigns = _reaches(interaction, user, Permission.TAKE_OR_ASSIGN)
    status = InteractionStatus(interaction.status)
    return Abilities(
        answer=answers,
        write=answers and interaction.channel.is_active,
        acknowledge=answers and status in INTERACTION_MOVES[Verb.ACKNOWLEDGE][0],
        take=assigns and interaction.assignee_id is None,
        assign=assigns,
        close=answers and status in INTERACTION_MOVES[Verb.CLOSE][0],
        see=answers and interaction.unread > 0 and interaction.assignee_id in {None, user.pk},
    )


def _reaches(interaction: Interaction, user: User, permission: Permission) -> bool:
    reach = user.reach(permission)
    if reach == Reach.NONE or reach >= user.reach(Permission.SEE_INTERACTIONS):
        return reach != Reach.NONE
    if reach == Reach.OWN:
        return interaction.assignee_id == user.pk
    return bool(Interaction.objects.filter(within_reach(user, reach), pk=interaction.pk).exists())
