"""Who a mass send went to, and what became of each: read from the messages, where that stands."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, TextChoices
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from scopchat.channels.providers.base import FailureReason
from scopchat.common.ids import read_id
from scopchat.contacts.models import Contact
from scopchat.contacts.querysets import digits_of, has_letters
from scopchat.interactions.models import Direction, Interaction, Message
from scopchat.masssends.models import MassSend, Recipient
from scopchat.masssends.rendering import rendered
from scopchat.masssends.sizes import segments_of
from scopchat.optouts.models import OptOut

PAGE = 50
EXAMPLES = 3
MOST_NAMED = 500
"""Contacts looked at for a name that is typed."""
State = Recipient.State


class Outcome(TextChoices):
    WAITING = "waiting", _("to leave")
    PUT_OFF = "put_off", _("waits for the morning")
    ON_ITS_WAY = "queued", _("on its way")
    SENT = "sent", _("handed to the carrier")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")
    UNKNOWN = "unknown", _("unknown")
    OPTED_OUT = "opted_out", _("opted out")
    TOO_LONG = "too_long", _("too long")


OF_STATE = {
    State.WAITING: Outcome.WAITING,
    State.PUT_OFF: Outcome.PUT_OFF,
    State.OPTED_OUT: Outcome.OPTED_OUT,
    State.TOO_LONG: Outcome.TOO_LONG,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A recipient as a table shows them."""

    number: str
    name: str
    outcome: Outcome
    reason: str
    at: datetime | None
    segments: int | None


def recipients_of(mass_send: MassSend, *, outcome: str = "", typed: str = "") -> QuerySet[Recipient]:
    """Those who had this outcome, whose number or contact is meant by what was typed."""
    between = (mass_send.first_id, mass_send.last_id)
    found = Recipient.objects.filter(pk__range=between, mass_send=mass_send)
    states = {of: state for state, of in OF_STATE.items()}
    if outcome in states:
        found = found.filter(state=states[Outcome(outcome)])
    elif outcome in Outcome:
        texts = Message.objects.filter(pk=OuterRef("message_id"), status=outcome)
        found = found.filter(Exists(texts), state=State.TAKEN)
    if has_letters(typed):
        named = Contact.objects.kept().found_by(typed).values_list("number", flat=True)[:MOST_NAMED]
        return found.filter(number__in=list(named))
    digits = digits_of(typed)
    return found.filter(number__contains=digits) if digits else found


def page_of(found: QuerySet[Recipient], after: str) -> tuple[list[Recipient], str]:
    """The next of them, and where the page after begins; empty after the last. Raises 404 for what is no cursor."""
    begin = read_id(after) if after else 0
    if begin is None:
        raise Http404
    rows = list(found.filter(pk__gt=begin).order_by("pk")[: PAGE + 1])
    return rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def lines_of(recipients: Sequence[Recipient]) -> list[Line]:
    """What is known of each, in two statements."""
    texts = Message.objects.in_bulk([one.message_id for one in recipients if one.message_id])
    named = Contact.objects.kept().filter(number__in=[one.number for one in recipients])
    names = {contact.number: contact.called for contact in named.only("number", "name", "business")}
    lines = []
    for one in recipients:
        text = texts.get(one.message_id or 0)
        outcome = Outcome(text.status) if text else OF_STATE.get(State(one.state), Outcome.WAITING)
        reason = FailureReason(text.reason).label if text and text.reason else ""
        at = (text.delivered_at or text.sent_at) if text else one.not_before
        segments = text.segments if text else None
        lines.append(Line(one.number, names.get(one.number, ""), outcome, str(reason), at, segments))
    return lines


@dataclass(frozen=True, slots=True)
class Effects:
    """What customers did after it."""

    replied: int
    """Have written since;"""
    opted_out: int
    """have left since."""


def effects_of(mass_send: MassSend) -> Effects:
    """Counted among those who wrote or left on the channel since, which are few beside the recipients."""
    begun = mass_send.starts_at or mass_send.confirmed_at
    if begun is None:
        return Effects(0, 0)
    texted = Recipient.objects.filter(mass_send=mass_send, state=State.TAKEN)
    since = {"company": mass_send.company_id, "channel": mass_send.channel_id}
    written = Message.objects.filter(interaction=OuterRef("pk"), direction=Direction.IN, created_at__gte=begun)
    talks = Interaction.objects.filter(Exists(written), **since, last_activity_at__gte=begun)
    replied = talks.filter(Exists(texted.filter(company=mass_send.company_id, number=OuterRef("customer"))))
    left = OptOut.objects.filter(**since, since__gte=begun)
    left = left.filter(Exists(texted.filter(company=mass_send.company_id, number=OuterRef("number"))))
    return Effects(replied.values("customer").distinct().count(), left.count())


@dataclass(frozen=True, slots=True)
class Example:
    """The text as one of the recipients would get it."""

    number: str
    name: str
    text: str
    segments: int


def examples_of(mass_send: MassSend) -> list[Example]:
    """Of some of those who would get it, others each time."""
    waiting = Recipient.objects.filter(mass_send=mass_send, state=State.WAITING, pk__lte=mass_send.last_id)
    chosen: dict[int, Recipient] = {}
    for _turn in range(EXAMPLES):
        begin = random.randint(mass_send.first_id, max(mass_send.first_id, mass_send.last_id))  # noqa: S311
        one = waiting.filter(pk__gte=begin).exclude(pk__in=chosen).order_by("pk").first()
        one = one or waiting.filter(pk__gte=mass_send.first_id).exclude(pk__in=chosen).order_by("pk").first()
        if one:
            chosen[one.pk] = one
    contacts = Contact.objects.kept().filter(number__in=[one.number for one in chosen.values()])
    known = {contact.number: contact for contact in contacts}
    return [_example(mass_send, one.number, known.get(one.number)) for _pk, one in sorted(chosen.items())]


def _example(mass_send: MassSend, number: str, contact: Contact | None) -> Example:
    values = {"name": contact.name, "business": contact.business} if contact else {}
    text = rendered(mass_send.text, mass_send.closing, values)
    return Example(number, contact.called if contact else "", text, segments_of(text))
