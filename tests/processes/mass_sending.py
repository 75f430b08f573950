"""Commands of `tool` about mass sends: one to many numbers, and where it stands."""

from __future__ import annotations

from collections import Counter
from datetime import time
from typing import Any

from django_scopes import scope

from scopchat.channels.models import Channel
from scopchat.common.clock import utc_now
from scopchat.interactions.models import Message
from scopchat.masssends.audience import Audience
from scopchat.masssends.models import MassSend, Recipient
from scopchat.masssends.services import steering
from scopchat.masssends.services.drafting import Wording, draft
from scopchat.tenancy.models import Company

ANY_HOUR = {"quiet_from": time(0), "quiet_until": time(0)}


def _allowed() -> Company:
    company: Company = Company.objects.get(name="Clinique Laurier")
    company.mass_sends = True
    company.save(update_fields=["mass_sends"])
    return company


def allow_mass_sends() -> None:
    """The clinic may have them."""
    _allowed()


def write_mass_send(first: int, count: int) -> int:
    """A mass send to so many numbers, from the first Twilio number on; the job prepares it."""
    company = _allowed()
    numbers = tuple(f"+1514{number:07d}" for number in range(first, first + count))
    wording = Wording(text="Rappel", audience=Audience(numbers=numbers), **ANY_HOUR)
    with scope(company=company):
        channel = Channel.objects.get(name="T0")
        return draft(
            company=company, channel=channel, wording=wording, acting=company.users.get(username="amelie"),
            now=utc_now(),
        ).pk  # fmt: skip


def steer(mass_send: int, verb: str) -> None:
    """Confirms, pauses, resumes or cancels it."""
    found = MassSend.objects.select_related("company", "channel").get(pk=mass_send)
    with scope(company=found.company):
        acting = found.company.users.get(username="amelie")
        if verb == "confirm":
            steering.confirm(mass_send=found, typed=found.waiting, acting=acting, now=utc_now())
        elif verb == "cancel":
            steering.cancel(mass_send=found, acting=acting, now=utc_now())
        else:
            getattr(steering, verb)(mass_send=found, acting=acting)


def mass_send_stands(mass_send: int) -> dict[str, Any]:
    """Its state and sums, beside what its recipients and messages say."""
    found = MassSend.objects.get(pk=mass_send)
    messages = Message.objects.filter(mass_send_id=mass_send)
    return {
        "state": found.state,
        "cause": found.cause,
        "sums": {name: getattr(found, name) for name in ("sent", "delivered", "failed", "unknown", "on_its_way")},
        "taken": found.taken,
        "waiting": found.waiting,
        "recipients": Counter(Recipient.objects.filter(mass_send=found).values_list("state", flat=True)),
        "messages": Counter(messages.values_list("status", flat=True)),
    }


def mass_texts(mass_send: int) -> dict[str, str]:
    """What became of each number's text."""
    return dict(Message.objects.filter(mass_send_id=mass_send).values_list("customer", "status"))
