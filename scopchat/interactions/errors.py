"""Why what people ask for is not done to interactions, in words for them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from scopchat.accounts.models import User
from scopchat.common.refusals import Conflict, Refusal


class EmptyText(Refusal):
    """There is nothing to send."""

    code, field = "empty_text", "text"

    def __init__(self) -> None:
        super().__init__(_("Write something first."))


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
