"""What is wrong with a provider: what its journal holds back, and what the carrier last complained of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from scopchat.channels.models import EventState, InboundEvent, Provider
from scopchat.channels.providers.base import Event

MAX_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Unowned:
    """Messages to an address that no channel has; they are routed when one is made for it."""

    address: str
    waiting: int
    latest: datetime


def unowned_addresses(provider: Provider) -> list[Unowned]:
    """The provider's addresses without a channel that were texted, latest first (index `inbound_event_incidents`)."""
    waiting = InboundEvent.objects.filter(provider=provider, state=EventState.UNMATCHED, event=Event.INBOUND)
    counted = waiting.values("address").annotate(waiting=Count("pk"), latest=Max("received_at"))
    return [Unowned(**row) for row in counted.order_by("-latest")[:MAX_SHOWN]]


def held_back(provider: Provider) -> dict[str, int]:
    """How many callbacks could not be handled, and how many were refused as malformed or wrongly signed."""
    states = [EventState.SET_ASIDE, EventState.REFUSED]
    found = InboundEvent.objects.filter(provider=provider, state__in=states).values_list("state")
    return dict(found.annotate(Count("pk")))


def note_health(*, complaints: Mapping[int, str]) -> None:
    """Writes what each provider's carrier last complained of; an empty text means that it works again."""
    for provider_id, complaint in complaints.items():
        Provider.objects.filter(pk=provider_id).exclude(incident=complaint).update(incident=complaint[:300])
