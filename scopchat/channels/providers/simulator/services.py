"""What happens at the simulated carrier: texts carried both ways, and its callbacks to the desk's hooks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django_scopes import scope

from scopchat.channels.loans import companies_on
from scopchat.channels.models import Channel, Provider
from scopchat.channels.providers.base import ReceiptStatus
from scopchat.channels.providers.simulator import photos
from scopchat.channels.providers.simulator.models import Outcome, SimulatedPhone, SimulatedText
from scopchat.channels.providers.simulator.tasks import call_back
from scopchat.common.phones import to_e164
from scopchat.events.catalogue import SimulatorChanged
from scopchat.events.publish import publish
from scopchat.tenancy.models import Company


def set_behaviour(*, company: Company, phone: str, behaviour: dict[str, Any]) -> SimulatedPhone:
    """Adds the toy phone or changes how its carrier behaves. Raises `BadNumber`."""
    toy: SimulatedPhone
    toy, _created = SimulatedPhone.objects.update_or_create(
        company=company, number=to_e164(phone, country=company.country), defaults=behaviour
    )
    publish(SimulatorChanged(company.pk))
    return toy


@transaction.atomic
def text_from_phone(
    *, channel: Channel, phone: str, text: str, now: datetime, media_urls: tuple[str, ...] = ()
) -> SimulatedText:
    """A customer texts the channel from a toy phone; the carrier calls the desk's inbound hook."""
    number = to_e164(phone, country=channel.company.country)
    toy, _created = SimulatedPhone.objects.get_or_create(company=channel.company, number=number)
    sent: SimulatedText = SimulatedText.objects.create(
        company=channel.company,
        phone=toy,
        channel_address=channel.address,
        from_customer=True,
        text=text,
        media_urls=list(media_urls),
        created_at=now,
    )
    _defer(channel.provider, toy, sent, "", now + timedelta(seconds=toy.delay_seconds))
    publish(SimulatorChanged(channel.company_id))
    return sent


@transaction.atomic
def carry(
    *,
    provider: Provider,
    channel_address: str,
    number: str,
    text: str,
    media_urls: list[str],
    reference: str,
    now: datetime,
) -> SimulatedText | None:
    """The carrier takes a text for a toy phone and reports on it as the phone is set; None when it refuses.

    The phone is one of whoever has the channel: a company that lends its simulator does not see what is said on it.
    """
    company = _holder(provider, channel_address)
    with scope(company=company):
        toy, _created = SimulatedPhone.objects.get_or_create(company=company, number=number)
        if toy.outcome == Outcome.REFUSE:
            return None
        carried: SimulatedText = SimulatedText.objects.create(
            company=company,
            phone=toy,
            channel_address=channel_address,
            from_customer=False,
            text=text,
            media_urls=media_urls,
            reference=reference,
            arrives=toy.outcome != Outcome.FAIL,
            created_at=now,
        )
    for seconds, status in _reports(toy):
        _defer(provider, toy, carried, status, now + timedelta(seconds=seconds))
    publish(SimulatorChanged(company.pk))
    return carried


def remember(
    *,
    channel: Channel,
    phone: str,
    text: str,
    from_customer: bool,
    carrier_id: str,
    now: datetime,
    arrives: bool = True,
) -> SimulatedText:
    """What was said on a toy phone before, of which nobody is told."""
    toy, _created = SimulatedPhone.objects.get_or_create(company=channel.company, number=phone)
    said: SimulatedText = toy.texts.create(
        company=channel.company,
        channel_address=channel.address,
        from_customer=from_customer,
        text=text,
        carrier_id=carrier_id,
        arrives=arrives,
        created_at=now,
    )
    return said


def _holder(provider: Provider, address: str) -> Company:
    """The company that has the address now; the provider's own where none has."""
    with scope(company=companies_on(provider)):
        found = Channel.objects.filter(provider=provider, address=address, is_active=True)
        channel: Channel | None = found.select_related("company").first()
    return channel.company if channel else provider.company


def _reports(toy: SimulatedPhone) -> list[tuple[int, ReceiptStatus]]:
    """The receipts a text gets, with the seconds after which each is sent."""
    if toy.outcome in {Outcome.SILENT, Outcome.UNCLEAR}:
        return []
    last = ReceiptStatus.FAILED if toy.outcome == Outcome.FAIL else ReceiptStatus.DELIVERED
    order = [last, ReceiptStatus.SENT] if toy.reorder else [ReceiptStatus.SENT, last]
    return [(toy.delay_seconds + place, status) for place, status in enumerate(order)]


def _defer(provider: Provider, toy: SimulatedPhone, text: SimulatedText, status: str, due: datetime) -> None:
    for _copy in range(2 if toy.duplicate else 1):
        call_back.configure(schedule_at=due).defer(
            company_id=provider.company_id,
            provider_id=provider.pk,
            holder_id=text.company_id,
            text_id=text.pk,
            status=status,
        )


PRUNED_AT_ONCE = 1_000


def prune(before: datetime) -> Iterator[int]:
    """Removes old texts of toy phones, the first written first."""
    removed = PRUNED_AT_ONCE
    while removed == PRUNED_AT_ONCE:
        first = SimulatedText.objects.order_by("pk")[:PRUNED_AT_ONCE]
        found = [text for text in first.values_list("pk", "created_at", "media_urls") if text[1] < before]
        old = [pk for pk, _at, _photos in found]
        photos.remove(address for _pk, _at, addresses in found for address in addresses)
        removed = SimulatedText.objects.filter(pk__in=old).delete()[0]
        yield removed
