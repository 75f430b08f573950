"""How it goes in the queues of a company: what waits there and what is under way."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min, Q

from scopchat.interactions.models import Interaction
from scopchat.interactions.status import InteractionStatus


class Figures(NamedTuple):
    """Of one queue."""

    waiting: int = 0
    """Conversations whose customer waits and that nobody has."""
    since: datetime | None = None
    """When the first of these began to wait."""
    under_way: int = 0
    """All that are not closed."""


def figures_of_queues() -> dict[int, Figures]:
    """Of the scoped company's queues that have something under way, in one statement (index `interaction_inbox`)."""
    waits = Q(status=InteractionStatus.WAITING, assignee=None)
    found = (
        Interaction.objects.not_closed()
        .exclude(queue=None)
        .values_list("queue")
        .annotate(waiting=Count("pk", filter=waits), since=Min("waiting_since", filter=waits), under_way=Count("pk"))
        .order_by()
    )
    return {queue: Figures(*numbers) for queue, *numbers in found}
