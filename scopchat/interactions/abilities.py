"""What a person may do with one interaction, so that a page offers nothing it would refuse."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Reach
from scopchat.common.phones import is_number
from scopchat.interactions.models import Interaction
from scopchat.interactions.status import INTERACTION_MOVES, InteractionStatus, Verb
from scopchat.interactions.visibility import allowed


@dataclass(frozen=True, slots=True)
class Abilities:
    answer: bool = False
    write: bool = False
    """Answer with a text: the channel has to be in use."""
    see: bool = False
    """Looking at it makes it read."""
    direct: bool = False
    """Take, assign and recover, whoever has it."""
    acknowledge: bool = False
    take: bool = False
    recover: bool = False
    transfer: bool = False
    pause: bool = False
    resume: bool = False
    release: bool = False
    contact: bool = False
    details: bool = True
    close: bool = False
    reopen: bool = False

    def actions(self) -> list[Action]:
        """The operations to offer, in the order in which they stand."""
        return [action for action in ACTIONS if getattr(self, action.name)]


@dataclass(frozen=True, slots=True)
class Action:
    """An operation as it is offered."""

    name: str
    """Of its address, of its ability and of its button."""
    icon: str
    label: str | Promise
    hint: str | Promise
    shortcut: str = ""
    asks: bool = False
    """Opens a dialog first."""
    first: bool = False
    """Stands beside the customer's name, where there is room for two."""
    points: bool = False
    """Its icon is an arrow, which points the other way where lines run from right to left."""

    @property
    def address(self) -> str:
        return f"interactions:{self.name}"


ACTIONS = (
    Action(
        "acknowledge", "check", pgettext_lazy("mark as", "Read"), _("Confirm reading: no answer needed"), first=True
    ),
    Action("take", "hand", _("Take"), _("Take this conversation")),
    Action("recover", "hand", _("Recover"), _("Take this conversation back from who has it")),
    Action(
        "transfer",
        "transfer",
        _("Transfer"),
        _("Give it to a colleague or a queue"),
        shortcut="t",
        asks=True,
        points=True,
    ),
    Action("pause", "pause", _("Pause"), _("Put aside until a moment, or until the customer writes"), "p", asks=True),
    Action("resume", "play", _("Resume"), _("End the pause")),
    Action("release", "release", _("Release"), _("Give it back to the members"), points=True),
    Action("contact", "address-book", _("Contact"), _("Name, labels, notes and earlier interactions"), asks=True),
    Action("details", "tag", _("Details"), _("Details: channel, dates, carrier ids, errors"), asks=True),
    Action(
        "close",
        "archive",
        pgettext_lazy("end the conversation", "Close"),
        _("End this conversation; it stays in Interactions"),
        "e",
        first=True,
    ),
    Action("reopen", "refresh", _("Reopen"), _("Take this conversation up again"), first=True),
)


def abilities(interaction: Interaction, user: User) -> Abilities:
    """Of an interaction that the person sees. The services decide again; this is what the buttons go by."""
    status = InteractionStatus(interaction.status)
    answers = _has(interaction, user, Permission.ANSWER)
    contact = user.may(Permission.USE_CONTACTS) and is_number(interaction.customer)
    if status == InteractionStatus.CLOSED:
        return Abilities(reopen=answers and _is_latest(interaction), contact=contact)
    directs = _has(interaction, user, Permission.TAKE_OR_ASSIGN)
    holder = interaction.assignee_id
    free, mine = holder is None, holder == user.pk
    return Abilities(
        answer=answers,
        write=answers and interaction.channel.is_active,
        see=answers and interaction.unread > 0 and (free or mine),
        direct=directs,
        acknowledge=answers and status in INTERACTION_MOVES[Verb.ACKNOWLEDGE][0],
        take=(mine and interaction.offered_at is not None)
        or (free and (directs or interaction.released_by_id is not None)),
        recover=directs and not free and not mine,
        transfer=directs if free else answers,
        pause=answers and status in INTERACTION_MOVES[Verb.PAUSE][0],
        resume=answers and status in INTERACTION_MOVES[Verb.RESUME][0],
        release=answers and not free,
        contact=contact,
        close=answers,
    )


def _is_latest(interaction: Interaction) -> bool:
    later = Interaction.objects.filter(
        channel_id=interaction.channel_id, customer=interaction.customer, pk__gt=interaction.pk
    )
    return not later.exists()


def _has(interaction: Interaction, user: User, permission: Permission) -> bool:
    reach = user.reach(permission)
    if reach > Reach.NONE and reach >= user.reach(Permission.SEE_INTERACTIONS):
        return True
    if reach >= Reach.OWN and interaction.assignee_id == user.pk:
        return True
    return Interaction.objects.filter(allowed(user, permission), pk=interaction.pk).exists()
