"""The company's queues as the list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Prefetch

from scopchat.channels.loans import channels_shown
from scopchat.interactions.queue_figures import Figures, figures_of_queues
from scopchat.queues.distribution import Priority
from scopchat.queues.models import Queue, QueueMember
from scopchat.queues.querysets import PRESENT
from scopchat.tenancy.models import Company

FACES = 4
"""Of those present, so many are shown."""
TOLD = 3
"""Of the queues where somebody waits and nobody is there, so many are named above the table, which marks them all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One queue with what happens in it."""

    queue: Queue
    figures: Figures
    agents: int
    present: int
    """Of the agents, those who are there."""

    @property
    def is_alone(self) -> bool:
        """Whether somebody waits and nobody is there."""
        return bool(self.figures.waiting and not self.present)

    @property
    def stands_out(self) -> bool:
        """Whether its priority is worth a word."""
        return bool(self.queue.priority != Priority.NORMAL)


class Listing(NamedTuple):
    rows: list[Row]
    """The longest wait first, then by name."""
    closed: list[Queue]
    waiting: int
    """In all queues together."""

    @property
    def told(self) -> list[Row]:
        """Those of which the page speaks before the table."""
        return [row for row in self.rows if row.is_alone][:TOLD]


def listing_of(company: Company) -> Listing:
    """All queues of the company, in as many statements however many there are."""
    present = QueueMember.objects.filter(**PRESENT).select_related("user").order_by("user__search", "pk")
    channels = channels_shown(company).select_related(None).prefetch_related(None).only("name", "queue")
    queues: list[Any] = list(
        Queue.objects.with_agents()
        .prefetch_related(
            Prefetch("members", queryset=present[:FACES], to_attr="faces"),
            Prefetch("channels", queryset=channels, to_attr="channels_shown"),
        )
        .fetch_mode(models.FETCH_RAISE)
        .order_by("name", "pk")
    )
    figures = figures_of_queues()
    rows = [
        Row(queue, figures.get(queue.pk, Figures()), queue.agents, queue.present)
        for queue in queues
        if queue.closed_at is None
    ]
    never = max((row.figures.since for row in rows if row.figures.since), default=None)
    rows.sort(key=lambda row: (row.figures.since is None, row.figures.since or never))
    closed = [queue for queue in queues if queue.closed_at]
    return Listing(rows, closed, sum(row.figures.waiting for row in rows))
