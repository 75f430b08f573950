"""The database side of sending on one shard: what its channels may send now, and the lease around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from scopchat.channels.models import Channel
from scopchat.channels.providers.base import Account, Adapter
from scopchat.channels.providers.registry import adapter_for
from scopchat.gateway.leases import Lease, hold
from scopchat.interactions.services import sending
from scopchat.interactions.services.sending import Claimed

BURST_SECONDS = 1.0
"""How far ahead of its rate a channel may get: what it earns in this time."""


@dataclass(frozen=True, slots=True)
class Route:
    """What it takes to send from a channel."""

    channel_id: int
    provider_id: int
    address: str
    throughput: int
    next_send_at: datetime | None
    adapter: Adapter
    account: Account

    def allowance(self, now: datetime) -> float:
        """Segments that may leave now (GCRA with a burst of `BURST_SECONDS`)."""
        ahead = max(0.0, (self.next_send_at - now).total_seconds()) if self.next_send_at else 0.0
        return (BURST_SECONDS - ahead) * self.throughput

    def ready_at(self, now: datetime) -> datetime:
        """When one more segment may leave."""
        missing = max(0.0, 1 - self.allowance(now))
        return now + timedelta(seconds=missing / self.throughput)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one look at the outbox gave."""

    routes: dict[int, Route]
    claimed: list[Claimed]
    wake_at: datetime | None
    """When there will be something to send, if nothing may be sent now and something waits."""


def load_routes(shard: int) -> dict[int, Route]:
    """The shard's channels that may send, with their accounts."""
    channels = Channel.objects.select_related("provider").filter(
        shard=shard, is_active=True, provider__is_active=True, company__is_active=True
    )
    return {
        channel.pk: Route(
            channel.pk,
            channel.provider_id,
            channel.address,
            channel.throughput,
            channel.next_send_at,
            adapter_for(channel.provider.kind),
            channel.provider.account,
        )
        for channel in channels
    }


def abandon_earlier(shard: int, claim: UUID) -> int:
    """What an ended run left claimed on the shard becomes unknown; inactive channels included."""
    channels = list(Channel.objects.filter(shard=shard).values_list("pk", flat=True))
    return sending.abandon(channels=channels, claim=claim)


def take_turn(lease: Lease, claim: UUID, most: int, now: datetime) -> Turn:
    """Claims what the shard's channels may send at this moment, `most` texts at the most. Raises `Fenced`."""
    with transaction.atomic():
        hold(lease)
        routes = load_routes(lease.shard)
        limits = {pk: int(route.allowance(now)) for pk, route in routes.items() if route.allowance(now) >= 1}
        claimed = (
            sending.claim(
                limits=limits,
                senders={pk: route.address for pk, route in routes.items()},
                most=most,
                claim=claim,
                now=now,
            )
            if limits
            else []
        )
        _charge(claimed, routes, now)
    if claimed:
        return Turn(routes, claimed, None)
    waiting = sending.due(channels=list(routes), now=now)
    wakes = [max(moment, routes[pk].ready_at(now)) for pk, moment in waiting.items()]
    return Turn(routes, [], min(wakes, default=None))


def _charge(claimed: list[Claimed], routes: dict[int, Route], now: datetime) -> None:
    """Books the claimed segments on their channels."""
    segments: dict[int, int] = {}
    for text in claimed:
        segments[text.channel_id] = segments.get(text.channel_id, 0) + text.segments
    for channel_id, count in segments.items():
        earned = timedelta(seconds=count / routes[channel_id].throughput)
        Channel.objects.filter(pk=channel_id, next_send_at=None).update(next_send_at=now)
        Channel.objects.filter(pk=channel_id).update(next_send_at=Greatest(F("next_send_at"), now) + earned)
