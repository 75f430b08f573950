"""What can go wrong when people act on interactions, in words for them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from scopchat.accounts.models import User


class NotAllowed(Exception):
    """The person's role does not reach this."""


class EmptyText(ValueError):
    """There is nothing to send."""


class Conflict(Exception):
    """Someone else was first. `person` has the interaction now, where that is known."""

    def __init__(self, person: User | None = None) -> None:
        self.person = person
        if person is not None:
            super().__init__(_("%(name)s already has this conversation.") % {"name": person.display_name})
        else:
            super().__init__(_("This has changed meanwhile. The page now shows how it stands."))


class ChannelStopped(Conflict):
    """The channel has been taken out of use: it is lent to another company, or no longer lent to this one."""

    def __init__(self) -> None:
        super().__init__()
        self.args = (_("Nothing can be sent from this channel any more."),)
