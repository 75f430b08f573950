"""The database side of sending on one shard: what its channels may send now, and the lease around it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db import IntegrityError, transaction

from scopchat.channels.models import Channel, Provider
from scopchat.channels.providers.base import Account, Adapter
from scopchat.channels.providers.registry import adapter_for
from scopchat.gateway import leases, queries
from scopchat.gateway.leases import Lease
from scopchat.interactions.services import sending
from scopchat.interactions.services.sending import Claimed, Result
from scopchat.interactions.status import MessageStatus

ACCOUNT_SECONDS = 2.0
"""How long a changed secret or address of a provider may go unnoticed."""
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
    moment = int(time.monotonic() / ACCOUNT_SECONDS)
    channels = Channel.objects.filter(
        shard=shard, is_active=True, provider__is_active=True, company__is_active=True
    ).values_list("pk", "provider_id", "address", "throughput", "next_send_at")
    routes = {}
    for pk, provider_id, address, throughput, next_send_at in channels:
        adapter, account = _account(provider_id, moment)
        routes[pk] = Route(pk, provider_id, address, throughput, next_send_at, adapter, account)
    return routes


@lru_cache(maxsize=1000)
def _account(provider_id: int, _moment: int) -> tuple[Adapter, Account]:
    """A provider's adapter and account, decrypted once in a while and not for every batch."""
    provider = Provider.objects.get(pk=provider_id)
    return adapter_for(provider.kind), provider.account


@transaction.atomic
def abandon_earlier(shard: int, claim: UUID, now: datetime) -> int:
    """What an ended run left claimed on the shard becomes unknown; inactive channels included."""
    queries.one_at_a_time(shard)
    channels = list(Channel.objects.filter(shard=shard).values_list("pk", flat=True))
    return sending.abandon(channels=channels, claim=claim, now=now)


def write(shard: int, results: Sequence[Result], claim: UUID, providers: Collection[int]) -> None:
    """Records results. A carrier's id that is another text's already proves nothing: its text alone becomes unknown."""
    try:
        _write(shard, results, claim, providers)
    except IntegrityError:
        for result in results:
            try:
                _write(shard, [result], claim, providers)
            except IntegrityError:
                unknown = Result(result.message_id, MessageStatus.UNKNOWN, result.at, error_detail="carrier id twice")
                _write(shard, [unknown], claim, providers)


@transaction.atomic
def _write(shard: int, results: Sequence[Result], claim: UUID, providers: Collection[int]) -> None:
    """In one transaction; the router, which writes receipts to the same messages, waits meanwhile."""
    queries.one_at_a_time(shard)
    sending.record_results(results=results, claim=claim, providers=providers)


def take_turn(lease: Lease, claim: UUID, most: int, now: datetime) -> Turn:
    """Claims what the shard's channels may send at this moment, `most` texts at the most. Raises `Fenced`."""
    try:
        return _take_turn(lease, claim, most, now)
    except _Stopped:
        return Turn({}, [], now)


class _Stopped(Exception):
    """A channel was taken out of use between looking and claiming: nothing is claimed."""


def _take_turn(lease: Lease, claim: UUID, most: int, now: datetime) -> Turn:
    with transaction.atomic():
        leases.hold(lease)
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
        if claimed:
            _charge(claimed, routes, now)
            leases.note_claims(lease, now)
    if claimed:
        return Turn(routes, claimed, None)
    waiting = sending.due(channels=list(routes), now=now)
    wakes = [max(moment, routes[pk].ready_at(now)) for pk, moment in waiting.items()]
    return Turn(routes, [], min(wakes, default=None))


def _charge(claimed: list[Claimed], routes: dict[int, Route], now: datetime) -> None:
    """Books the claimed segments on their channels; nobody else does while the lease is held.

    Who takes a channel out of use waits for this, or is seen by it: once that is committed nothing is claimed.
    """
    segments = Counter[int]()
    for text in claimed:
        segments[text.channel_id] += text.segments
    booked = {}
    for channel_id, count in segments.items():
        route = routes[channel_id]
        booked[channel_id] = max(route.next_send_at or now, now) + timedelta(seconds=count / route.throughput)
    if not queries.book(booked):
        raise _Stopped
