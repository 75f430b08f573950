"""Opt-outs as tables show them: with the contact's name, and by which text or hand each came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from scopchat.contacts.models import Contact
from scopchat.optouts.models import Change, OptOut, OptOutChange
from scopchat.optouts.origins import Origin


@dataclass(frozen=True, slots=True)
class Line:
    """An opt-out with what is known of it."""

    opt_out: OptOut
    name: str
    """Of the contact; empty where the number has none."""
    entered: OptOutChange | None
    """The log's line by which it came about; None where only the carrier spoke of it."""

    @property
    def word(self) -> str:
        """What the customer texted."""
        return self.entered.word if self.entered else ""


def lines_of(opt_outs: Sequence[OptOut]) -> list[Line]:
    """What is known of each, in two statements."""
    numbers = {one.number for one in opt_outs}
    named = Contact.objects.kept().filter(number__in=numbers).only("number", "name", "business")
    names = {contact.number: contact.called for contact in named}
    entered = _entered(opt_outs)
    return [Line(one, names.get(one.number, ""), entered.get((one.channel_id, one.number))) for one in opt_outs]


def _entered(opt_outs: Sequence[OptOut]) -> dict[tuple[int, str], OptOutChange]:
    """The last time that each left, by channel and number (index `optout_change_of_number`)."""
    told = [one for one in opt_outs if one.origin != Origin.BLOCKED]
    channels, numbers = {one.channel_id for one in told}, {one.number for one in told}
    left = OptOutChange.objects.filter(channel__in=channels, number__in=numbers, change=Change.LEFT)
    latest = left.order_by("channel", "number", "-id").distinct("channel", "number").select_related("person")
    return {(change.channel_id, change.number): change for change in latest}


def history_of(opt_out: OptOut) -> QuerySet[OptOutChange]:
    """Each time that the number left the channel's mass sends or came back, the latest first."""
    told: QuerySet[OptOutChange] = OptOutChange.objects.filter(channel=opt_out.channel_id, number=opt_out.number)
    return told.select_related("person").order_by("-id")
