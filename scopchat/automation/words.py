"""What automatic replies say. Ours have only letters of the GSM alphabet, so that they stay one segment."""

from __future__ import annotations

from textwrap import shorten

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from scopchat.automation.fallbacks import fallback_of
from scopchat.automation.models import AutoReply, Occasion, ReplyTexts

MAX_NAME = 40
"""Characters of the company's name."""
TEXTS: dict[Occasion, Promise] = {
    Occasion.LEFT: _("%(company)s: you will get no more of our mass texts. Reply START to get them again."),
    Occasion.RETURNED: _("%(company)s: you get our mass texts again. Reply STOP to get no more of them."),
    Occasion.ASKED_FOR_HELP: _(
        "%(company)s: write to us here, and a person will answer. Reply STOP to get no more of our mass texts."
    ),
}


def text_of(reply: AutoReply) -> str:
    """What the reply says; nothing where it was switched off meanwhile."""
    interaction, occasion = reply.interaction, Occasion(reply.occasion)
    if occasion in TEXTS:
        own = ReplyTexts.objects.filter(channel=interaction.channel_id).values_list(occasion, flat=True).first()
        return own or ours(occasion, company=interaction.channel.company.name, language=reply.language)
    fallback = fallback_of(interaction)
    texts = {Occasion.CLOSED: fallback.closed_reply, Occasion.NOBODY: fallback.nobody_reply} if fallback else {}
    return texts.get(occasion, "")


def ours(occasion: Occasion, *, company: str, language: str) -> str:
    """What we say to a keyword, in the customer's language; keywords in it are of that language as well."""
    with override(language):
        return str(TEXTS[occasion]) % {"company": shorten(company, MAX_NAME, placeholder="...")}
