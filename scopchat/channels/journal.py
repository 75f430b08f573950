"""Handing callbacks that waited for something back to the router."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from scopchat.channels import queries
from scopchat.channels.drains import Work, defer_drain
from scopchat.channels.models import EventState, InboundEvent, PendingEvent
from scopchat.common.queries import batch


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
