"""The outbox as the sender uses it: claim texts, record what became of them, give up what an ended run left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from scopchat.channels.journal import hand_back
from scopchat.channels.models import InboundEvent
from scopchat.channels.providers.base import Attempt, OutboundMessage
from scopchat.common.queries import batch
from scopchat.interactions import queries
from scopchat.interactions.services.delivery import tell
from scopchat.interactions.status import MessageStatus


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text this run may send, once."""

    channel_id: int
    message: OutboundMessage
    segments: int


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a claimed text. `status` is sent, failed, unknown, or queued (with `not_before`)."""

    message_id: int
    status: MessageStatus
    at: datetime
    carrier_id: str | None = None
    segments: int | None = None
    reason: str = ""
    error_code: str = ""
    error_detail: str = ""
    not_before: datetime | None = None


def claim(
    *, limits: Mapping[int, int], senders: Mapping[int, str], most: int, claim: UUID, now: datetime
) -> list[Claimed]:
    """Claims at most `limits[channel]` texts of each channel and `most` together, in the running transaction."""
    found = batch(
        queries.statement("claim"),
        {"channels": list(limits), "limits": list(limits.values()), "most": most, "claim": claim, "now": now},
    )
    return [
        Claimed(channel, OutboundMessage(Attempt(pk, attempt), senders[channel], customer, text), segments)
        for pk, channel, attempt, customer, text, segments in sorted(found)
    ]


def due(*, channels: Sequence[int], now: datetime) -> dict[int, datetime]:
    """When the next queued text of each channel may go, by its backoff; channels without one are absent."""
    found = batch(queries.statement("next_due"), {"channels": list(channels), "now": now})
    return {channel: moment for channel, moment in found if moment is not None}


@transaction.atomic
def record_results(*, results: Sequence[Result], claim: UUID, providers: Mapping[int, int]) -> None:
    """Writes results of texts still under this claim, and wakes receipts that came before their message.

    `providers` gives each channel's provider.
    """
    found = batch(
        queries.statement("record_results"),
        {
            "claim": claim,
            "ids": [result.message_id for result in results],
            "statuses": [result.status.value for result in results],
            "carrier_ids": [result.carrier_id for result in results],
            "segments": [result.segments for result in results],
            "reasons": [result.reason for result in results],
            "codes": [result.error_code[:20] for result in results],
            "details": [result.error_detail[:300] for result in results],
            "not_before": [result.not_before for result in results],
            "at": [result.at for result in results],
        },
    )
    tell({interaction for interaction, _channel, _carrier in found})
    known = {carrier for _interaction, _channel, carrier in found if carrier}
    if known:
        hand_back(InboundEvent.objects.filter(provider__in=set(providers.values()), carrier_id__in=known))


@transaction.atomic
def abandon(*, channels: Sequence[int], claim: UUID) -> int:
    """Marks unknown what earlier runs had claimed on these channels; returns how many texts."""
    found = batch(queries.statement("abandon"), {"channels": list(channels), "claim": claim})
    tell({interaction for (interaction,) in found})
    return len(found)
