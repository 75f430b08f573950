"""Why a mass send is not made or does not begin."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scopchat.common.refusals import Refusal


class NotReady(Refusal):
    """The send is not as it must be for this; somebody was quicker, or it is being prepared."""

    code = "not_ready"

    def __init__(self) -> None:
        super().__init__(_("The mass send is not ready for this. Look at it again."))


class NobodyChosen(Refusal):
    """The audience has nobody in it."""

    code, field = "nobody_chosen", "numbers"

    def __init__(self) -> None:
        super().__init__(_("Choose who gets it."))


class SomeTooLong(Refusal):
    """Filled in, the text is over the limit for some."""

    code = "too_long_for_some"

    def __init__(self, number: int) -> None:
        words = ngettext(
            "For %(number)d recipient the text is too long. Shorten it.",
            "For %(number)d recipients the text is too long. Shorten it.",
            number,
        )
        super().__init__(words % {"number": number})


class NotTyped(Refusal):
    """The number of recipients was not typed as it is."""

    code, field = "not_typed", "typed"

    def __init__(self, number: int) -> None:
        super().__init__(_("Type %(number)d, the number of recipients, to confirm.") % {"number": number})


class MassSendsOff(Refusal):
    """The operator has not allowed them here."""

    code = "mass_sends_off"

    def __init__(self) -> None:
        super().__init__(_("Mass sends are not allowed for your company. Ask who manages it."))
