"""Which interactions a list shows, and in which order: everything of it stands in the page's address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import urlencode

from django.db.models import Exists, F, OuterRef, Q
from django.http import QueryDict

from scopchat.accounts.models import User
from scopchat.common.ids import read_id
from scopchat.common.keyset import Cursor, micros, moment
from scopchat.contacts.models import Contact
from scopchat.contacts.querysets import MAX_TYPED, digits_of, has_letters
from scopchat.interactions.models import Interaction
from scopchat.interactions.querysets import InteractionQuerySet
from scopchat.interactions.status import InteractionStatus

PAGE = 40
VIEWS = ("mine", "free", "all", "paused", "escalated")
FAR = 10**17
"""Microseconds, well past any date: subtracted from, it turns an ascending order into a descending one."""


def order_key(last_activity_at: datetime, pk: int) -> str:
    """Sorts as a text, greatest first, as the list does with the latest first."""
    return f"{micros(last_activity_at):017d}.{pk:019d}"


def waiting_key(waiting_since: datetime | None) -> str:
    """Put before `order_key`, it sorts as the list does with those first that wait the longest."""
    return f"{FAR - micros(waiting_since) if waiting_since else 0:017d}"


def key_of(queue: int) -> str:
    """Of the view that shows the queue (`views.js` has the same)."""
    return f"queue-{queue}"


@dataclass(frozen=True, slots=True)
class InboxView:
    """One way of looking at the inbox: one of `VIEWS`, or a queue."""

    view: str = "all"
    waiting_first: bool = False
    queue: int | None = None
    """Then `view` is "all"."""
    label: int | None = None
    """Worn by the contact."""
    text: str = ""
    """A part of a number, or words of a contact."""

    @classmethod
    def of(cls, params: QueryDict) -> Self:
        """What the address asks for; what makes no sense in it is left out."""
        view, queue = params.get("view", ""), read_id(params.get("queue", ""))
        return cls(
            view=view if view in VIEWS and not queue else "all",
            waiting_first=params.get("sort") == "waiting",
            queue=queue,
            label=read_id(params.get("label", "")),
            text=params.get("q", "").replace("\0", " ").strip()[:MAX_TYPED],
        )

    @property
    def key(self) -> str:
        """The name by which pages know the view."""
        return key_of(self.queue) if self.queue else self.view

    @property
    def query(self) -> str:
        """The address's query, without what goes without saying; empty or begins with `?`."""
        parts = {
            "view": "" if self.view == "all" else self.view,
            "sort": "waiting" if self.waiting_first else "",
            "queue": self.queue or "",
            "label": self.label or "",
            "q": self.text,
        }
        given = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(given)}" if given else ""

    def matching(self, user: User) -> InteractionQuerySet:
        """The interactions that belong in this list, unordered."""
        found = _named(Interaction.objects.visible_to(user).not_closed(), self.view, user)
        if self.queue:
            found = found.filter(queue_id=self.queue)
        if self.label:
            found = found.filter(customer__in=Contact.objects.kept().filter(labels=self.label).values("number"))
        return found.filter(_typed(self.text))

    def ordered(self, found: InteractionQuerySet) -> InteractionQuerySet:
        newest = (F("last_activity_at").desc(), F("id").desc())
        if self.waiting_first:
            return found.order_by(F("waiting_since").asc(nulls_last=True), *newest)
        return found.order_by(*newest)

    def place_of(self, row: Interaction) -> str:
        """Where in the list a row stands, exactly as `ordered` has it."""
        key = order_key(row.last_activity_at, row.pk)
        return f"{waiting_key(row.waiting_since)}.{key}" if self.waiting_first else key

    def after(self, cursor: str) -> Q:
        """What comes after the row whose `place_of` this is. Raises ValueError for anything else."""
        numbers = [int(part) for part in cursor.split(".")]
        if len(numbers) != (3 if self.waiting_first else 2):
            raise ValueError(cursor)
        *since, active, pk = numbers
        older = Cursor(moment(active), pk).after("last_activity_at")
        if not self.waiting_first:
            return older
        if not since[0]:
            return Q(waiting_since=None) & older
        waiting = moment(FAR - since[0])
        return Q(waiting_since__gt=waiting) | Q(waiting_since=None) | (Q(waiting_since=waiting) & older)


def _typed(text: str) -> Q:
    """The row's own script decides by the same rule (`rows.js`)."""
    if not has_letters(text):
        return Q(customer__contains=digits_of(text))
    return Q(Exists(Contact.objects.kept().found_by(text).filter(number=OuterRef("customer"))))


def _named(found: InteractionQuerySet, view: str, user: User) -> InteractionQuerySet:
    if view == "mine":
        return found.filter(assignee=user)
    if view == "paused":
        return found.filter(status=InteractionStatus.PAUSED)
    if view == "escalated":
        return found.filter(escalated_at__isnull=False)
    return found.filter(assignee=None) if view == "free" else found
