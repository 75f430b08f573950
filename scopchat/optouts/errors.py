"""Why an opt-out is not ended by hand."""

from __future__ import annotations

from django.utils.translation import gettext as _

from scopchat.common.refusals import Refusal


class BlockedByCarrier(Refusal):
    """The carrier refuses every text to the number, whatever our list says."""

    code = "blocked_by_carrier"

    def __init__(self) -> None:
        super().__init__(_("The carrier blocks this number. Only the customer can lift that, by texting START."))


class ProofNeeded(Refusal):
    """The customer left by their own word."""

    code, field = "proof_needed", "proof"

    def __init__(self) -> None:
        super().__init__(_("This customer texted that they want no more. Say how they consented again."))
