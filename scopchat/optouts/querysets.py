"""Reads of opt-outs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet

from scopchat.channels.models import Channel
from scopchat.common.phones import BadNumber, to_e164
from scopchat.contacts.models import Contact
from scopchat.contacts.querysets import digits_of, has_letters
from scopchat.optouts.origins import Origin

if TYPE_CHECKING:
    from scopchat.optouts.models import OptOut  # noqa: F401  the queryset's rows


class OptOutQuerySet(QuerySet["OptOut"]):
    def asked(self, *, q: str = "", channel: Channel | None = None, origin: str = "", country: str) -> Self:
        """What a filter leaves; empty fields of it leave all."""
        found = self.found_by(q, country=country).how(origin)
        return found.filter(channel=channel) if channel else found

    def found_by(self, typed: str, *, country: str) -> Self:
        """Those whose contact has these words, or whose number is meant by what was typed, in any notation."""
        if has_letters(typed):
            return self.filter(number__in=Contact.objects.kept().found_by(typed).values("number"))
        digits = digits_of(typed)
        return self.filter(Q(number__contains=digits) | Q(number=_whole(typed, country))) if digits else self

    def how(self, origin: str) -> Self:
        """Those that came about so; whoever the carrier blocks is found as blocked, whatever came first."""
        if origin == Origin.BLOCKED:
            return self.filter(blocked_at__isnull=False)
        return self.filter(origin=origin) if origin else self


def _whole(typed: str, country: str) -> str:
    """The number that was typed as people of the country write it; empty where it is a part of one."""
    try:
        return to_e164(typed, country=country)
    except BadNumber:
        return ""
