"""The journal after the router: what waited for something is handed back, what is done with is removed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from scopchat.channels import queries
from scopchat.channels.drains import Work, defer_drain
from scopchat.channels.models import EventState, InboundEvent, PendingEvent
from scopchat.common.queries import batch

PRUNED_AT_ONCE = 5_000


@transaction.atomic
def hand_back(unmatched: QuerySet[InboundEvent]) -> None:
    """Has these unmatched events routed anew once the running transaction is committed."""
    found = list(unmatched.filter(state=EventState.UNMATCHED).values_list("pk", "shard"))
    if not found:
        return
    InboundEvent.objects.filter(pk__in=[pk for pk, _shard in found]).update(state=EventState.ACCEPTED)
    PendingEvent.objects.bulk_create(
        (PendingEvent(shard=shard, event_id=pk) for pk, shard in found), ignore_conflicts=True
    )
    for shard in {shard for _pk, shard in found}:
        transaction.on_commit(partial(defer_drain, Work.ROUTE, shard))


def hand_back_receipts(*, providers: Collection[int], carrier_ids: Sequence[str]) -> None:
    """The same with receipts of messages whose ids at the carrier have become known."""
    waiting = batch(queries.UNMATCHED, [list(providers), list(carrier_ids)]) if carrier_ids else []
    if waiting:
        hand_back(InboundEvent.objects.filter(pk__in=[pk for (pk,) in waiting]))


def prune(before: datetime) -> Iterator[int]:
    """Removes callbacks that are done or refused, and receipts that never found their text.

    Texts that wait for a channel, or were set aside, are kept for ever: they were acknowledged. It walks up the journal
    in the order in which that was written, a batch in each transaction, to the first row that is young enough.
    """
    after: int | None = 0
    while after is not None:
        (step,) = batch(queries.PRUNE_JOURNAL, {"after": after, "most": PRUNED_AT_ONCE, "before": before})
        last, is_young, removed = step
        after = None if is_young else last
        yield removed
