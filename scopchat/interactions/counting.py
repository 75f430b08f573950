"""How much each view of the inbox holds, and the views as pages offer them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from scopchat.interactions import queries
from scopchat.interactions.inbox import InboxView, key_of
from scopchat.interactions.visibility import Viewer

COUNTED = 100
"""Counts stop here and are shown as «99+»: counting further would cost more than it tells."""
LABELS = {
    "mine": _("Mine"),
    "free": _("Unassigned"),
    "all": pgettext_lazy("conversations", "All"),
    "paused": pgettext_lazy("conversations", "Paused"),
    "escalated": pgettext_lazy("conversations", "Escalated"),
}
"""Of the views, in their order."""


class InQueue(NamedTuple):
    """What is under way in one queue."""

    pk: int
    name: str
    number: str

    @property
    def key(self) -> str:
        return key_of(self.pk)


@dataclass(frozen=True, slots=True)
class Counts:
    """Open interactions in each view of one person, and unread ones: as shown, capped."""

    mine: str
    free: str
    all: str
    paused: str
    escalated: str
    """Empty for none: then the view is not offered."""
    unread: str
    """Empty for none, as `offered`."""
    offered: str
    """Given to the person, who has not taken them yet."""
    queues: tuple[InQueue, ...]
    """Those that the person may look at, by name."""

    @property
    def one_unread(self) -> bool:
        return self.unread == "1"


def counts(viewers: Sequence[Viewer]) -> list[Counts]:
    """What each of them is shown, all in one statement."""
    found = queries.rows(
        "inbox_counts",
        {
            "companies": [viewer.company_id for viewer in viewers],
            "people": [viewer.person_id for viewer in viewers],
            "everything": [viewer.sees_everything for viewer in viewers],
            "member": [viewer.is_member for viewer in viewers],
            "most": COUNTED,
        },
    )
    return [_counts(*numbers) for numbers in found]


def _counts(
    mine: int, free: int, all_: int, paused: int, escalated: int, unread: int, offered: int, *queues: list[Any]
) -> Counts:
    lines = zip(*(part or [] for part in queues), strict=True)
    return Counts(
        mine=_shown(mine),
        free=_shown(free),
        all=_shown(all_),
        paused=_shown(paused),
        escalated=_shown(escalated) if escalated else "",
        unread=_shown(unread) if unread else "",
        offered=_shown(offered) if offered else "",
        queues=tuple(InQueue(pk, name, _shown(number)) for pk, name, number in lines),
    )


def _shown(number: int) -> str:
    return "99+" if number >= COUNTED else str(number)


@dataclass(frozen=True, slots=True)
class Link:
    """A view as pages offer it."""

    key: str
    label: str | Promise
    query: str
    """Of its address."""
    count: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Links:
    """All views that a person may choose from."""

    views: tuple[Link, ...]
    queues: tuple[Link, ...]

    @property
    def every(self) -> tuple[Link, ...]:
        return self.views + self.queues

    @property
    def current(self) -> Link | None:
        """None where the page shows a queue that is not the person's."""
        return next((link for link in self.every if link.is_current), None)


def links(numbers: Counts, shown: InboxView) -> Links:
    """The views with what they hold; `shown` is the one that the page shows."""
    views = tuple(
        Link(key, label, InboxView(view=key).query, getattr(numbers, key), key == shown.key)
        for key, label in LABELS.items()
    )
    queues = tuple(
        Link(queue.key, queue.name, InboxView(queue=queue.pk).query, queue.number, queue.key == shown.key)
        for queue in numbers.queues
    )
    return Links(views, queues)
