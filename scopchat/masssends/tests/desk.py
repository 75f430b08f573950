"""Mass sends as tests make them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from scopchat.channels.models import Channel
from scopchat.contacts.models import Contact, ContactList, ListMember
from scopchat.interactions.services import sending
from scopchat.interactions.services.sending import Result
from scopchat.interactions.status import MessageStatus
from scopchat.masssends import claiming
from scopchat.masssends.audience import Audience
from scopchat.masssends.claiming import Written
from scopchat.masssends.models import MassSend
from scopchat.masssends.services.drafting import Wording, draft
from scopchat.masssends.services.preparing import Preparation
from scopchat.masssends.services.steering import confirm
from scopchat.optouts.models import OptOut
from tests.cast import Cast

NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)
"""In Montréal."""
CLAIM = UUID(int=7)


def number(place: int) -> str:
    return f"+1514555{place:04d}"


def listed(cast: Cast, places: Iterable[int], **particulars: str) -> ContactList:
    """A list with these numbers on it, made contacts where they are none."""
    made = ContactList.objects.create(company=cast.client, name=f"Liste {uuid4()}", created_at=NOON)
    for place in places:
        contact, _new = Contact.objects.get_or_create(
            company=cast.client, number=number(place), deleted_at=None,
            defaults={**particulars, "created_at": NOON, "updated_at": NOON},
        )  # fmt: skip
        ListMember.objects.create(company=cast.client, list=made, contact=contact, added_at=NOON)
    return made


def left(channel: Channel, place: int) -> None:
    OptOut.objects.create(company_id=channel.company_id, channel=channel, number=number(place), since=NOON)


def prepared(
    cast: Cast, audience: Audience, *, text: str = "Bonjour", channel: Channel | None = None, **more: Any
) -> MassSend:
    """One that is ready to be confirmed."""
    wording = Wording(text=text, audience=audience, **more)
    made = draft(
        company=cast.client, channel=channel or cast.channel_queue, wording=wording, acting=cast.admin, now=NOON
    )
    prepare(made)
    made.refresh_from_db()
    return made


def prepare(mass_send: MassSend) -> None:
    preparation = Preparation(mass_send.company_id, mass_send.pk)
    while preparation.step(now=NOON):
        pass


def confirmed(cast: Cast, audience: Audience, **more: Any) -> MassSend:
    made = prepared(cast, audience, **more)
    confirm(mass_send=made, typed=made.waiting, acting=cast.admin, now=NOON)
    return made


def take(*channels: Channel, most: int = 100, now: datetime = NOON, turn: int = 0) -> list[Written]:
    """One turn, with so many texts for each channel."""
    limits = {channel.pk: most for channel in channels}
    return claiming.take(limits=limits, most=most * len(channels), turn=turn, claim=CLAIM, now=now)


def settle(texts: Iterable[Written], status: MessageStatus, **more: Any) -> None:
    """What the carrier made of them."""
    results = [Result(text.message_id, status, NOON, carrier_id=f"SM{text.message_id}", **more) for text in texts]
    sending.record_results(results=results, claim=CLAIM, providers=[])
