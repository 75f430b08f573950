"""From the journal to interactions: one shard's callbacks, in order, a batch at a time.

The batch is read outside any transaction (nobody else may touch the shard's rows), then written in one short
transaction that holds the lease. An event that cannot be handled is set aside alone; the rest go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from prometheus_client import Counter

from scopchat.channels.models import Channel, EventState, InboundEvent, Provider
from scopchat.channels.providers.base import Event, HookRequest, InboundMessage, Receipt
from scopchat.channels.providers.registry import adapter_for
from scopchat.common.clock import utc_now
from scopchat.gateway.leases import Lease, hold
from scopchat.interactions.services.delivery import Report, apply_receipts
from scopchat.interactions.services.receive import Arrival, receive

logger = structlog.get_logger(__name__)

BATCH = 500
ROUTED = Counter("scopchat_events_routed_total", "Callbacks handled, by what became of them.", ["state"])


@dataclass(frozen=True, slots=True)
class Journaled:
    """What the router needs of one row of the journal; thousands a second are too many for model instances."""

    pk: int
    provider_id: int
    event: str
    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    received_at: datetime


_COLUMNS = tuple(field.name for field in fields(Journaled))


@dataclass(slots=True)
class Batch:
    """What became of each event of a batch."""

    lease: Lease
    done: list[int] = field(default_factory=list)
    unmatched: list[int] = field(default_factory=list)
    set_aside: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """An event with what it says."""

    event: Journaled
    items: tuple[InboundMessage | Receipt, ...]


def route_batch(lease: Lease) -> int:
    """Handles the shard's next events and returns how many there were; 0 means nothing is left."""
    waiting = InboundEvent.objects.filter(shard=lease.shard, state=EventState.PENDING).order_by("id")
    events = [Journaled(*row) for row in waiting.values_list(*_COLUMNS)[:BATCH]]
    if not events:
        return 0
    batch = Batch(lease)
    kinds = dict(Provider.objects.filter(pk__in={e.provider_id for e in events}).values_list("pk", "kind"))
    readable = [read for event in events if (read := _read(event, kinds, batch)) is not None]
    try:
        _write(readable, batch)
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, ValueError, LookupError) as error:
        logger.warning("batch_split", shard=lease.shard, events=len(events), error=type(error).__name__)
        _write_one_by_one(readable, batch)
    return len(events)


def _read(event: Journaled, kinds: dict[int, str], batch: Batch) -> Read | None:
    """What the event says; one that cannot be read is set aside."""
    request = HookRequest(event.method, event.url, event.headers, bytes(event.body))
    try:
        adapter = adapter_for(kinds[event.provider_id])
        parse: Callable[[HookRequest], tuple[InboundMessage | Receipt, ...]] = (
            adapter.parse_inbound if event.event == Event.INBOUND else adapter.parse_receipts
        )
        return Read(event, parse(request))
    except Exception as error:
        batch.set_aside[event.pk] = f"{type(error).__name__}: {error}"
        return None


@transaction.atomic
def _write(readable: Sequence[Read], batch: Batch) -> None:
    """Everything the events change, and their own state, in one transaction under the lease."""
    hold(batch.lease)
    channels = _channels(readable)
    arrivals: list[Arrival] = []
    reports: list[Report] = []
    reporting: list[int] = []
    for read in readable:
        found = [(item, channels.get((read.event.provider_id, _address(item)))) for item in read.items]
        if any(channel is None for _item, channel in found):
            batch.unmatched.append(read.event.pk)
            continue
        batch.done.append(read.event.pk)
        for item, channel in found:
            assert channel is not None
            if isinstance(item, InboundMessage):
                arrivals.append(Arrival(channel.company_id, channel.pk, channel.queue_id, item, read.event.received_at))
            else:
                reports.append(Report(channel.pk, item, read.event.received_at))
                reporting.append(read.event.pk)
    receive(arrivals=arrivals, now=utc_now())
    unknown = {reporting[place] for place in apply_receipts(reports=reports)} if reports else set()
    batch.done = [pk for pk in batch.done if pk not in unknown]
    batch.unmatched.extend(unknown)
    _settle(batch)


def _address(item: InboundMessage | Receipt) -> str:
    return item.recipient if isinstance(item, InboundMessage) else item.sender


def _channels(readable: Sequence[Read]) -> dict[tuple[int, str], Channel]:
    """The active channel of each provider and address in the batch (unique index `channel_address_once`)."""
    addresses = {_address(item) for read in readable for item in read.items}
    providers = {read.event.provider_id for read in readable}
    found = Channel.objects.filter(provider__in=providers, address__in=addresses, is_active=True)
    return {(channel.provider_id, channel.address): channel for channel in found}


def _settle(batch: Batch) -> None:
    """Writes what became of the events, in the running transaction."""
    InboundEvent.objects.filter(pk__in=batch.done).update(state=EventState.DONE)
    if batch.unmatched:
        InboundEvent.objects.filter(pk__in=batch.unmatched).update(state=EventState.UNMATCHED)
    for pk, error in batch.set_aside.items():
        InboundEvent.objects.filter(pk=pk).update(state=EventState.SET_ASIDE, error=error[:500])
        logger.error("event_set_aside", journal_id=pk, error=error.partition(":")[0])
    ROUTED.labels("done").inc(len(batch.done))
    ROUTED.labels("unmatched").inc(len(batch.unmatched))
    ROUTED.labels("set_aside").inc(len(batch.set_aside))


def _write_one_by_one(readable: Sequence[Read], batch: Batch) -> None:
    """Each event in a transaction of its own; what fails again is set aside with its error."""
    for read in readable:
        alone = Batch(batch.lease)
        try:
            _write([read], alone)
        except (OperationalError, InterfaceError):
            raise
        except (DatabaseError, ValueError, LookupError) as error:
            batch.set_aside[read.event.pk] = f"{type(error).__name__}: {error}"
    with transaction.atomic():
        hold(batch.lease)
        _settle(Batch(batch.lease, set_aside=batch.set_aside))
