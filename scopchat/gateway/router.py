"""From the journal to interactions: each shard's callbacks, in order, a batch at a time.

A batch is read and written in one short transaction, one at a time per shard over all machines, whatever became of the
job's lock. Several shards may share one. An event that cannot be handled is set aside alone; the rest go on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from prometheus_client import Counter as Metric

from scopchat.channels import queries as channel_queries
from scopchat.channels.drains import Work, defer_drain
from scopchat.channels.models import EventState
from scopchat.channels.providers.base import Event, HookRequest, InboundMessage, Receipt
from scopchat.channels.providers.registry import adapter_for
from scopchat.common.clock import utc_now
from scopchat.common.queries import batch, columns
from scopchat.gateway import queries
from scopchat.interactions.services.delivery import Report, apply_receipts, channels_of
from scopchat.interactions.services.receive import Arrival, receive

logger = structlog.get_logger(__name__)

BATCH = 500
ROUTED = Metric("scopchat_events_routed_total", "Callbacks handled, by what became of them.", ["state"])


@dataclass(frozen=True, slots=True)
class Journaled:
    """What the router needs of one row of the journal; thousands a second are too many for model instances."""

    pk: int
    shard: int
    kind: str | None
    provider_id: int
    event: str
    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    received_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Owner:
    """A channel that has the address of an event, or had it. One at the most is active: the address's holder."""

    active: bool
    channel_id: int
    company_id: int
    queue_id: int | None
    lent: bool


type Owners = dict[tuple[int, str], list[Owner]]
"""By provider and address."""


@dataclass(frozen=True, slots=True)
class Read:
    """An event with what it says."""

    event: Journaled
    item: InboundMessage | Receipt


@dataclass(slots=True)
class Outcome:
    """What became of each event of a batch."""

    shards: Sequence[int]
    done: list[int] = field(default_factory=list)
    unmatched: dict[int, tuple[str, str]] = field(default_factory=dict)
    """With the carrier's id and our address, by which they are found again."""
    doubtful: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Unmatched so far, to be looked at once more."""
    moved: dict[int, int] = field(default_factory=dict)
    """To the shard where they belong."""
    set_aside: dict[int, str] = field(default_factory=dict)


def route_batch(shard: int) -> int:
    """Handles the shard's next events and returns how many there were; fewer than `BATCH` means nothing is left."""
    try:
        with transaction.atomic():
            return _route([shard], BATCH)[shard]
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, ValueError, LookupError) as error:
        logger.warning("batch_split", shard=shard, error=type(error).__name__)
        return _route_one_by_one(shard)


def route_together(shards: Sequence[int]) -> set[int]:
    """Handles the next events of these shards, an equal share of a batch each; returns those that may have more."""
    share = max(1, BATCH // len(shards))
    try:
        with transaction.atomic():
            handled = _route(shards, share)
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, ValueError, LookupError) as error:
        logger.warning("batch_split", shards=len(shards), error=type(error).__name__)
        return {shard for shard in shards if route_batch(shard) == BATCH}
    return {shard for shard in shards if handled[shard] == share}


def _route(shards: Sequence[int], most: int) -> Counter[int]:
    """Reads and handles so many events of each shard in the running transaction, and counts them.

    Nobody else touches these shards' events until it ends.
    """
    queries.one_at_a_time(*shards)
    events = [Journaled(*row) for row in batch(channel_queries.PENDING, [list(shards), most])]
    if events:
        outcome = Outcome(shards)
        readable = [read for event in events if (read := _read(event, outcome)) is not None]
        _handle(readable, outcome)
        _settle(outcome)
    return Counter(event.shard for event in events)


def _route_one_by_one(shard: int) -> int:
    """A batch's worth of events, each in a transaction of its own; what fails again is set aside with its error."""
    for handled in range(BATCH):
        first = channel_queries.first_pending([shard]).get(shard)
        if first is None:
            return handled
        try:
            with transaction.atomic():
                _route([shard], 1)
        except (OperationalError, InterfaceError):
            raise
        except (DatabaseError, ValueError, LookupError) as error:
            _set_aside(shard, first, f"{type(error).__name__}: {error}")
    return BATCH


@transaction.atomic
def _set_aside(shard: int, event: int, error: str) -> None:
    queries.one_at_a_time(shard)
    if channel_queries.first_pending([shard]) == {shard: event}:
        _settle(Outcome([shard], set_aside={event: error}))


def _read(event: Journaled, outcome: Outcome) -> Read | None:
    """What the event says; one that cannot be read is set aside."""
    request = HookRequest(event.method, event.url, event.headers, event.body)
    try:
        adapter = adapter_for(event.kind or "")
        parse: Callable[[HookRequest], InboundMessage | Receipt] = (
            adapter.parse_inbound if event.event == Event.INBOUND else adapter.parse_receipt
        )
        return Read(event, parse(request))
    except Exception as error:
        outcome.set_aside[event.pk] = f"{type(error).__name__}: {error}"
        return None


def _handle(readable: Sequence[Read], outcome: Outcome) -> None:
    """Everything the events change, in the running transaction."""
    texts = [(read.event, read.item) for read in readable if isinstance(read.item, InboundMessage)]
    receipts = [(read.event, read.item) for read in readable if isinstance(read.item, Receipt)]
    asked = [(event.provider_id, text.recipient) for event, text in texts]
    asked += [(event.provider_id, receipt.sender) for event, receipt in receipts if receipt.sender]
    owners = _owners(asked) if asked else {}
    if texts:
        _receive(texts, owners, outcome)
    if receipts:
        _report(receipts, owners, outcome)


def _receive(texts: Sequence[tuple[Journaled, InboundMessage]], owners: Owners, outcome: Outcome) -> None:
    """A text is for the channel that has the address now."""
    arrivals = []
    for event, text in texts:
        owner = next((one for one in owners.get((event.provider_id, text.recipient), ()) if one.active), None)
        if owner is None:
            outcome.unmatched[event.pk] = (text.carrier_id, text.recipient)
            continue
        outcome.done.append(event.pk)
        company, channel, queue = owner.company_id, owner.channel_id, owner.queue_id
        arrivals.append(Arrival(company, channel, queue, text, event.received_at, owner.lent))
    if arrivals:
        receive(arrivals=arrivals, now=utc_now())


def _report(receipts: Sequence[tuple[Journaled, Receipt]], owners: Owners, outcome: Outcome) -> None:
    """Applies each receipt to whichever channel, of those that have or had the address, has the text."""
    nameless = [(event, receipt) for event, receipt in receipts if not receipt.sender]
    channels = {
        event.pk: [owner.channel_id for owner in owners.get((event.provider_id, receipt.sender), ())]
        for event, receipt in receipts
    } | (_channels_of(nameless, outcome) if nameless else {})
    reports = [
        (event.pk, Report(channel, receipt, event.received_at))
        for event, receipt in receipts
        for channel in channels[event.pk]
    ]
    unknown = apply_receipts(reports=[report for _pk, report in reports])
    matched = {pk for place, (pk, _report) in enumerate(reports) if place not in unknown}
    for event, receipt in receipts:
        if event.pk in matched:
            outcome.done.append(event.pk)
        elif event.pk not in outcome.moved:
            _leave_unmatched(event, receipt, outcome)


def _leave_unmatched(event: Journaled, receipt: Receipt, outcome: Outcome) -> None:
    """The text is not known yet: who comes to know it hands the receipt back (`channels.journal`).

    That has to find it unmatched. On its text's shard nobody else is at work. Elsewhere its text may become known at
    this very moment, so that it is looked for once more when everybody can see that the receipt is unmatched.
    """
    known_as = (receipt.carrier_id, receipt.sender)
    is_alone = bool(receipt.sender or (receipt.attempt and receipt.attempt.shard is not None))
    if is_alone or event.state == EventState.UNMATCHED:
        outcome.unmatched[event.pk] = known_as
    else:
        outcome.doubtful[event.pk] = known_as


def _channels_of(nameless: Sequence[tuple[Journaled, Receipt]], outcome: Outcome) -> dict[int, list[int]]:
    """The channels of texts whose receipts name no address; what belongs on another shard is moved there."""
    asked = [(event.provider_id, receipt) for event, receipt in nameless]
    found = channels_of(receipts=asked)
    channels: dict[int, list[int]] = {event.pk: [] for event, _receipt in nameless}
    for place, channel, shard in found:
        event = nameless[place][0]
        if shard == event.shard:
            channels[event.pk].append(channel)
        else:
            outcome.moved[event.pk] = shard
    return channels


def _owners(asked: Sequence[tuple[int, str]]) -> Owners:
    """The channels of each provider and address in the batch."""
    owners: Owners = defaultdict(list)
    for provider, address, *channel in batch(channel_queries.OWNERS, columns(asked, 2)):
        owners[provider, address].append(Owner(*channel))
    return owners


def _settle(outcome: Outcome) -> None:
    """Writes what became of the events, in the running transaction; a row of the journal changes only by trouble."""
    unmatched = outcome.unmatched | outcome.doubtful
    troubled = [(pk, EventState.UNMATCHED.value, *known_as, "") for pk, known_as in unmatched.items()]
    troubled += [(pk, EventState.SET_ASIDE.value, "", "", error[:500]) for pk, error in outcome.set_aside.items()]
    if troubled:
        batch(channel_queries.SET_STATE, columns(troubled, 5))
    settled = {*outcome.done, *outcome.unmatched, *outcome.set_aside, *outcome.moved}
    batch(channel_queries.SETTLE, [list(outcome.shards), list(settled)])
    if outcome.moved:
        # After the others are settled: the shard where an event belongs may be one of this batch.
        batch(channel_queries.MOVE, [list(outcome.moved), list(outcome.moved.values())])
        for shard in set(outcome.moved.values()):
            transaction.on_commit(partial(defer_drain, Work.ROUTE, shard))
    for pk, error in outcome.set_aside.items():
        logger.error("event_set_aside", journal_id=pk, error=error.partition(":")[0])
    ROUTED.labels("done").inc(len(outcome.done))
    ROUTED.labels("unmatched").inc(len(outcome.unmatched))
    ROUTED.labels("set_aside").inc(len(outcome.set_aside))
