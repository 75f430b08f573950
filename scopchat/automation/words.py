"""What automatic replies say. Only letters of the GSM alphabet, so that they stay one segment."""

from __future__ import annotations

from textwrap import shorten

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from scopchat.automation.models import Occasion

MAX_NAME = 40
"""Characters of the company's name."""
TEXTS: dict[Occasion, Promise] = {
    Occasion.LEFT: _("%(company)s: you will get no more of our mass texts. Reply START to get them again."),
    Occasion.RETURNED: _("%(company)s: you get our mass texts again. Reply STOP to get no more of them."),
    Occasion.ASKED_FOR_HELP: _(
        "%(company)s: write to us here, and a person will answer. Reply STOP to get no more of our mass texts."
    ),
}


def reply_of(occasion: Occasion, *, company: str, language: str) -> str:
    """The text in the customer's language; keywords in it are of that language as well."""
    with override(language):
        return str(TEXTS[occasion]) % {"company": shorten(company, MAX_NAME, placeholder="...")}
