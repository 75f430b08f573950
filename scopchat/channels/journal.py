"""Handing callbacks that waited for something back to the router."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from scopchat.channels.drains import Work, defer_drain
from scopchat.channels.models import EventState, InboundEvent, PendingEvent


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
