"""The database side of sending on one shard: what its channels may send now, and the lease around it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from uuid import UUID

import structlog
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef

from scopchat.channels import queries as channel_queries
from scopchat.channels.models import Channel, Provider
from scopchat.channels.providers.base import Account, Attempt, OutboundMessage
from scopchat.channels.providers.protocol import Adapter
from scopchat.channels.providers.registry import adapter_for
from scopchat.common.crypto import Unreadable
from scopchat.gateway import leases, queries
from scopchat.gateway.leases import Lease
from scopchat.interactions.models import OutboxEntry, Priority
from scopchat.interactions.services import sending
from scopchat.interactions.services.sending import Claimed, Result
from scopchat.interactions.status import MessageStatus
from scopchat.masssends import claiming as mass_sends
from scopchat.masssends.models import MassSend, SendState
from scopchat.masssends.services.steering import pause_refused

logger = structlog.get_logger(__name__)

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
    has_mass_sends: bool
    """Whether some are under way;"""
    has_mass_texts: bool
    """and whether texts of theirs wait for another attempt."""

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


@dataclass(frozen=True, slots=True)
class Room:
    """How many texts may be claimed."""

    most: int
    of_providers: Mapping[int, int] = MappingProxyType({})
    """At the most for those of these providers;"""
    turn: int = 0
    """and who comes first changes from turn to turn."""

    def shared_out(self, routes: Mapping[int, Route], now: datetime) -> dict[int, int]:
        """How many texts of each channel may be claimed, in the order in which they are looked at."""
        left, limits = dict(self.of_providers), {}
        order = list(routes.values())
        first = self.turn % max(1, len(order))
        for route in order[first:] + order[:first]:
            limit = min(int(route.allowance(now)), left.get(route.provider_id, self.most))
            if limit >= 1:
                limits[route.channel_id] = limit
                if route.provider_id in left:
                    left[route.provider_id] -= limit
        return limits


def load_routes(shard: int) -> dict[int, Route]:
    """The shard's channels that may send, with their accounts; those whose account cannot be read may not."""
    moment = int(time.monotonic() / ACCOUNT_SECONDS)
    mass_sends_of = MassSend.objects.filter(channel=OuterRef("pk"), state=SendState.SENDING)
    mass_texts_of = OutboxEntry.objects.filter(
        channel=OuterRef("pk"), priority=Priority.MASS, unknown_at=None, claim=None
    )
    channels = Channel.objects.filter(
        shard=shard, is_active=True, provider__is_active=True, company__is_active=True
    ).values_list(
        "pk", "provider_id", "address", "throughput", "next_send_at", Exists(mass_sends_of), Exists(mass_texts_of)
    )
    routes = {}
    for pk, provider_id, address, throughput, next_send_at, *mass in channels:
        try:
            adapter, account = _account(provider_id, moment)
        except Unreadable:
            continue
        routes[pk] = Route(pk, provider_id, address, throughput, next_send_at, adapter, account, *mass)
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


def write(
    shard: int,
    results: Sequence[Result],
    claim: UUID,
    providers: Collection[int],
    held_back: Mapping[int, datetime] = MappingProxyType({}),
) -> None:
    """Records results, and until when nothing more leaves from the channels `held_back`.

    What cannot be written with others is written alone, and what cannot even so becomes unknown: a carrier's id that is
    another text's already proves nothing.
    """
    try:
        _write(shard, results, claim, providers)
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, ValueError):
        for result in results:
            _write_alone(shard, result, claim, providers)
    if held_back:
        channel_queries.hold_back(held_back)


def _write_alone(shard: int, result: Result, claim: UUID, providers: Collection[int]) -> None:
    try:
        _write(shard, [result], claim, providers)
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, ValueError) as error:
        logger.error("result_not_written", message_id=result.message_id, error=type(error).__name__)
        detail = "carrier id twice" if isinstance(error, IntegrityError) else "the result cannot be kept"
        unknown = Result(result.message_id, MessageStatus.UNKNOWN, result.at, error_detail=detail)
        _write(shard, [unknown], claim, providers)


@transaction.atomic
def _write(shard: int, results: Sequence[Result], claim: UUID, providers: Collection[int]) -> None:
    """In one transaction; the router, which writes receipts to the same messages, waits meanwhile."""
    queries.one_at_a_time(shard)
    sending.record_results(results=results, claim=claim, providers=providers)
    held = [result.message_id for result in results if result.holds_mass_send]
    if held:
        pause_refused(held)


def take_turn(lease: Lease, claim: UUID, room: Room, now: datetime) -> Turn:
    """Claims what the shard's channels may send at this moment, as far as there is room. Raises `Fenced`."""
    try:
        return _take_turn(lease, claim, room, now)
    except _Stopped:
        return Turn({}, [], now)


class _Stopped(Exception):
    """A channel was taken out of use between looking and claiming: nothing is claimed."""


def _take_turn(lease: Lease, claim: UUID, room: Room, now: datetime) -> Turn:
    with transaction.atomic():
        leases.hold(lease)
        routes = load_routes(lease.shard)
        limits = room.shared_out(routes, now)
        if with_texts := [pk for pk in limits if routes[pk].has_mass_texts]:
            mass_sends.look_again(channels=with_texts, now=now)
        claimed = (
            sending.claim(
                limits=limits,
                senders={pk: route.address for pk, route in routes.items()},
                shard=lease.shard,
                most=room.most,
                claim=claim,
                now=now,
            )
            if limits and room.most > 0
            else []
        )
        claimed += _claim_mass(lease.shard, claim, room, routes, limits, claimed, now)
        if claimed:
            _charge(claimed, routes, now)
            leases.note_claims(lease, now)
    if claimed:
        return Turn(routes, claimed, None)
    waiting = sending.due(channels=list(routes), now=now)
    if with_mass := [pk for pk, route in routes.items() if route.has_mass_sends]:
        for pk, moment in mass_sends.due(channels=with_mass, now=now).items():
            waiting[pk] = min(moment, waiting.get(pk, moment))
    wakes = [max(moment, routes[pk].ready_at(now)) for pk, moment in waiting.items()]
    return Turn(routes, [], min(wakes, default=None))


def _claim_mass(
    shard: int,
    claim: UUID,
    room: Room,
    routes: Mapping[int, Route],
    limits: Mapping[int, int],
    claimed: Sequence[Claimed],
    now: datetime,
) -> list[Claimed]:
    """Texts of mass sends, written and claimed where channels have room left for them after all others."""
    used = Counter(text.channel_id for text in claimed)
    left = {pk: most - used[pk] for pk, most in limits.items() if routes[pk].has_mass_sends and most > used[pk]}
    most = room.most - len(claimed)
    if not left or most < 1:
        return []
    written = mass_sends.take(limits=left, most=most, turn=room.turn, claim=claim, now=now)
    return [
        Claimed(
            text.channel_id,
            OutboundMessage(
                Attempt(text.message_id, 1, shard), routes[text.channel_id].address, text.number, text.text
            ),
            text.segments,
            Priority.MASS,
        )
        for text in written
    ]


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
    if not channel_queries.book(booked):
        raise _Stopped
