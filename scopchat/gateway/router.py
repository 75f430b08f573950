"""From the journal to interactions: one shard's callbacks, in order, a batch at a time.

A batch is read and written in one short transaction, one at a time per shard over all machines, whatever became of the
job's lock. An event that cannot be handled is set aside alone; the rest go on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from prometheus_client import Counter

from scopchat.channels.models import EventState
from scopchat.channels.providers.base import Event, HookRequest, InboundMessage, Receipt
from scopchat.channels.providers.registry import adapter_for
from scopchat.common.clock import utc_now
from scopchat.common.queries import batch, columns
from scopchat.gateway import queries
from scopchat.interactions.services.delivery import Report, apply_receipts
from scopchat.interactions.services.receive import Arrival, receive

logger = structlog.get_logger(__name__)

BATCH = 500
ROUTED = Counter("scopchat_events_routed_total", "Callbacks handled, by what became of them.", ["state"])


@dataclass(frozen=True, slots=True)
class Journaled:
    """What the router needs of one row of the journal; thousands a second are too many for model instances."""

    pk: int
    kind: str | None
    provider_id: int
    event: str
    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Owner:
    """A channel that has the address of an event, or had it. One at the most is active: the address's holder."""

    active: bool
    channel_id: int
    company_id: int
    queue_id: int | None
    lent: bool


@dataclass(frozen=True, slots=True)
class Read:
    """An event with what it says."""

    event: Journaled
    items: tuple[InboundMessage | Receipt, ...]

    @property
    def address(self) -> str:
        return _address(self.items[0])


@dataclass(slots=True)
class Outcome:
    """What became of each event of a batch."""

    shard: int
    done: list[int] = field(default_factory=list)
    unmatched: dict[int, Read] = field(default_factory=dict)
    set_aside: dict[int, str] = field(default_factory=dict)


def route_batch(shard: int) -> int:
    """Handles the shard's next events and returns how many there were; fewer than `BATCH` means nothing is left."""
    try:
        with transaction.atomic():
            return _route(shard, BATCH)
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, ValueError, LookupError) as error:
        logger.warning("batch_split", shard=shard, error=type(error).__name__)
        return _route_one_by_one(shard)


def _route(shard: int, most: int) -> int:
    """Reads and handles events in the running transaction; nobody else touches the shard's until it ends."""
    queries.one_at_a_time(shard)
    events = [Journaled(*row) for row in batch(queries.PENDING, [shard, most])]
    if events:
        outcome = Outcome(shard)
        readable = [read for event in events if (read := _read(event, outcome)) is not None]
        _handle(readable, outcome)
        _settle(outcome)
    return len(events)


def _route_one_by_one(shard: int) -> int:
    """A batch's worth of events, each in a transaction of its own; what fails again is set aside with its error."""
    for handled in range(BATCH):
        first = queries.first_pending([shard]).get(shard)
        if first is None:
            return handled
        try:
            with transaction.atomic():
                _route(shard, 1)
        except (OperationalError, InterfaceError):
            raise
        except (DatabaseError, ValueError, LookupError) as error:
            _set_aside(shard, first, f"{type(error).__name__}: {error}")
    return BATCH


@transaction.atomic
def _set_aside(shard: int, event: int, error: str) -> None:
    queries.one_at_a_time(shard)
    if queries.first_pending([shard]) == {shard: event}:
        _settle(Outcome(shard, set_aside={event: error}))


def _read(event: Journaled, outcome: Outcome) -> Read | None:
    """What the event says; one that cannot be read is set aside."""
    request = HookRequest(event.method, event.url, event.headers, event.body)
    try:
        adapter = adapter_for(event.kind or "")
        parse: Callable[[HookRequest], tuple[InboundMessage | Receipt, ...]] = (
            adapter.parse_inbound if event.event == Event.INBOUND else adapter.parse_receipts
        )
        return Read(event, parse(request))
    except Exception as error:
        outcome.set_aside[event.pk] = f"{type(error).__name__}: {error}"
        return None


def _handle(readable: Sequence[Read], outcome: Outcome) -> None:
    """Everything the events change, in the running transaction."""
    owners = _owners(readable)
    arrivals: list[Arrival] = []
    reports: list[tuple[Read, list[Report]]] = []
    for read in readable:
        found = [(item, _concerned(item, owners[read.event.provider_id, _address(item)])) for item in read.items]
        if not all(channels for _item, channels in found):
            outcome.unmatched[read.event.pk] = read
            continue
        outcome.done.append(read.event.pk)
        for item, channels in found:
            at = read.event.received_at
            if isinstance(item, InboundMessage):
                (owner,) = channels
                arrivals.append(Arrival(owner.company_id, owner.channel_id, owner.queue_id, item, at, owner.lent))
            else:
                reports.append((read, [Report(owner.channel_id, item, at) for owner in channels]))
    if arrivals:
        receive(arrivals=arrivals, now=utc_now())
    if reports:
        outcome.unmatched |= _report(reports)


def _concerned(item: InboundMessage | Receipt, owners: list[Owner]) -> list[Owner]:
    """A text is for who has the address now; a receipt may be of a text that went out while another had it."""
    return [owner for owner in owners if owner.active] if isinstance(item, InboundMessage) else owners


def _report(reports: Sequence[tuple[Read, list[Report]]]) -> dict[int, Read]:
    """Applies each receipt to whichever of its channels has the message; the events of those that none has."""
    places = [place for place, (_read, channels) in enumerate(reports) for _channel in channels]
    unknown = apply_receipts(reports=[report for _read, channels in reports for report in channels])
    known = {place for number, place in enumerate(places) if number not in unknown}
    return {read.event.pk: read for place, (read, _channels) in enumerate(reports) if place not in known}


def _address(item: InboundMessage | Receipt) -> str:
    return item.recipient if isinstance(item, InboundMessage) else item.sender


def _owners(readable: Sequence[Read]) -> dict[tuple[int, str], list[Owner]]:
    """The channels of each provider and address in the batch."""
    asked = [(read.event.provider_id, _address(item)) for read in readable for item in read.items]
    owners: dict[tuple[int, str], list[Owner]] = defaultdict(list)
    for provider, address, *channel in batch(queries.OWNERS, columns(asked, 2)):
        owners[provider, address].append(Owner(*channel))
    return owners


def _settle(outcome: Outcome) -> None:
    """Writes what became of the events, in the running transaction; a row of the journal changes only by trouble."""
    troubled = [
        (pk, EventState.UNMATCHED.value, read.items[0].carrier_id, read.address, "")
        for pk, read in outcome.unmatched.items()
    ] + [(pk, EventState.SET_ASIDE.value, "", "", error[:500]) for pk, error in outcome.set_aside.items()]
    if troubled:
        batch(queries.SET_STATE, columns(troubled, 5))
    for pk, error in outcome.set_aside.items():
        logger.error("event_set_aside", journal_id=pk, error=error.partition(":")[0])
    settled = {*outcome.done, *outcome.unmatched, *outcome.set_aside}
    batch(queries.SETTLE, [outcome.shard, list(settled)])
    ROUTED.labels("done").inc(len(settled) - len(troubled))
    ROUTED.labels("unmatched").inc(len(outcome.unmatched))
    ROUTED.labels("set_aside").inc(len(outcome.set_aside))
