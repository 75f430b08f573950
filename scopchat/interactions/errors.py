"""Why what people ask for is not done to interactions, in words for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from scopchat.accounts.models import User
from scopchat.common.refusals import Conflict, Refusal

if TYPE_CHECKING:
    from scopchat.interactions.models import InteractionEvent


class EmptyText(Refusal):
    """There is nothing to send."""

    code, field = "empty_text", "text"

    def __init__(self) -> None:
        super().__init__(_("Write something first."))


class AlreadyLeft(Conflict):
    """The text is on its way, or has arrived."""

    code = "already_left"

    def __init__(self) -> None:
        super().__init__(_("It has left already."))


class NotItsWriter(Refusal):
    """Only who wrote a text may take it back."""

    code = "not_its_writer"

    def __init__(self) -> None:
        super().__init__(_("Only its writer may take this text back."))


class DraftSent(Refusal):
    """The draft was sent from another window, with other words."""

    code, field = "draft_sent", "text"

    def __init__(self) -> None:
        super().__init__(_("This draft was sent from another window. Send again to send these words too."))


class HeldByAnother(Conflict):
    """Someone else was first: `person` has the interaction now; None where that is not known."""

    code = "held_by_another"

    def __init__(self, person: User | None) -> None:
        self.person = person
        super().__init__(_("%(name)s already has this conversation.") % {"name": person.display_name} if person else "")


class ChannelStopped(Conflict):
    """The channel has been taken out of use: it is lent to another company, or no longer lent to this one."""

    code = "channel_stopped"

    def __init__(self) -> None:
        super().__init__(_("Nothing can be sent from this channel any more."))


class Overtaken(Conflict):
    """Something happened to the interaction since the page was drawn; the words say what a colleague did last."""

    code = "overtaken"

    def __init__(self, last: InteractionEvent | None) -> None:
        words = _("Meanwhile %(what)s.") % {"what": last.sentence} if last and last.person else ""
        super().__init__(words)


class NotTheLatest(Conflict):
    """The customer has a newer interaction, which is the one to go on with."""

    code = "not_the_latest"

    def __init__(self) -> None:
        super().__init__(_("This customer has a newer conversation. Go on in that one."))


class WakesInThePast(Refusal):
    """The pause would be over before it begins."""

    code, field = "wakes_in_the_past", "until"

    def __init__(self) -> None:
        super().__init__(_("Choose a moment that is still to come."))
