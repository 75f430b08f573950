"""Conversations of channels that stop or come back: what waits to be sent fails, open pages show how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from scopchat.channels.models import Channel
from scopchat.common.queries import batch
from scopchat.interactions import queries
from scopchat.interactions.models import Interaction
from scopchat.interactions.services.changes import announce_rows, announce_texts
from scopchat.tenancy.models import Company


def end_what_waits(*, company: Company, channels: Sequence[int], now: datetime, **_sent: Any) -> None:
    """What the channels have queued fails where they stopped; whoever has one of their conversations open sees it."""
    stopped = Channel.objects.filter(pk__in=channels, stopped_at__isnull=False)
    _fail(list(stopped.values_list("pk", flat=True)))
    under_way = Interaction.objects.not_closed().filter(company=company, channel__in=channels)
    under_way.update(changed_at=now)
    announce_rows(under_way.values_list("pk", "company_id", "channel_id", "queue_id", "assignee_id"))


@transaction.atomic
def fail_left_behind() -> None:
    """What was queued in the instant in which its channel stopped, or came back from the carrier, of all companies."""
    _fail(list(Channel.objects.filter(stopped_at__isnull=False).values_list("pk", flat=True)))


def _fail(channels: Sequence[int]) -> None:
    if channels:
        announce_texts(batch(queries.statement("fail_stopped"), {"channels": list(channels)}))
