"""What the archive shows: everything the person may see, narrowed by status and number, latest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Reach
from scopchat.common.phones import BadNumber, calling_code, display, to_e164
from scopchat.interactions import queries
from scopchat.interactions.inbox import micros, moment
from scopchat.interactions.models import Interaction
from scopchat.interactions.querysets import InteractionQuerySet
from scopchat.interactions.status import InteractionStatus
from scopchat.tenancy.models import Company

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """What a line shows. Nothing in it depends on who looks, so that a drawn line serves everyone."""

    pk: int
    customer: str
    channel: str
    status: str
    status_label: str
    assignee: str
    preview: str
    at: datetime


class Page(NamedTuple):
    """Some interactions, and where the next page begins; an empty text after the last."""

    interactions: list[Interaction]
    next_cursor: str


class Cursor(NamedTuple):
    """Where the page before ended."""

    at: datetime
    pk: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError or OverflowError for anything but what `str` gives."""
        at, pk = text.split(".")
        return cls(moment(int(at)), int(pk))

    def __str__(self) -> str:
        return f"{micros(self.at)}.{self.pk}"


START = Cursor(datetime.max.replace(tzinfo=UTC), 0)
"""Before everything."""
_MANY = ("", InteractionStatus.CLOSED)
"""Filters that leave nearly everything; what the others leave is few."""


def page_of(user: User, company: Company, *, status: str = "", typed: str = "", after: Cursor = START) -> Page:
    """The next page of the archive."""
    found: InteractionQuerySet = Interaction.objects.visible_to(user)
    if status:
        found = found.filter(status=status)
    if typed:
        found = _numbered(found, typed, company.country)
    if user.reach(Permission.SEE_INTERACTIONS) < Reach.COMPANY and not typed and status in _MANY:
        found = found.filter(pk__in=_latest(user, company, status, after))
    elif after != START:
        # The first condition is the index's, the second says where in it.
        found = found.filter(last_activity_at__lte=after.at)
        found = found.filter(Q(last_activity_at__lt=after.at) | Q(id__lt=after.pk))
    related = found.newest_first().select_related("channel", "assignee").fetch_mode(models.FETCH_RAISE)
    rows = list(related[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(rows[:PAGE], str(Cursor(last.last_activity_at, last.pk)) if last else "")


def _latest(user: User, company: Company, status: str, after: Cursor) -> list[int]:
    """Ids among which the next page is, for a person who sees only some channels and queues.

    Reading the company's archive until a page of theirs is found would read most of it where little is theirs.
    """
    parameters = {
        "person": user.pk,
        "company": company.pk,
        "member": user.reach(Permission.SEE_INTERACTIONS) >= Reach.MEMBER,
        "status": status,
        "at": after.at,
        "before": after.pk,
        "most": PAGE + 1,
    }
    return [pk for (pk,) in queries.rows("archive_latest", parameters)]


def _numbered(found: InteractionQuerySet, typed: str, country: str) -> InteractionQuerySet:
    """Narrowed to a whole number, or to those that begin or end with the digits typed so far.

    Indexes `interaction_number_begins` and `interaction_number_ends`.
    """
    try:
        return found.filter(customer=to_e164(typed, country=country))
    except BadNumber:
        digits = "".join(filter(str.isdigit, typed))
    if not digits:
        return found.filter(customer=typed)
    national = digits.lstrip("0") or digits
    begins = {digits, f"+{digits}", f"+{calling_code(country)}{national}"}
    shape = Q(customer_end__startswith=digits[::-1])
    for beginning in begins:
        shape |= Q(customer__startswith=beginning)
    narrowed: InteractionQuerySet = found.alias(customer_end=Reverse(F("customer"))).filter(shape)
    return narrowed


def lines_of(found: Iterable[Interaction], *, country: str) -> Iterator[Line]:
    for interaction in found:
        yield Line(
            pk=interaction.pk,
            customer=display(interaction.customer, country),
            channel=interaction.channel.name,
            status=interaction.status,
            status_label=interaction.get_status_display(),
            assignee=interaction.assignee.display_name if interaction.assignee else "",
            preview=interaction.preview,
            at=interaction.last_activity_at,
        )


def draw(lines: Iterable[Line]) -> SafeString:
    """The lines in the language in force."""
    language = get_language() or ""
    return SafeString("".join(_drawn(line, language) for line in lines))


@lru_cache(maxsize=4096)
def _drawn(line: Line, language: str) -> SafeString:  # noqa: ARG001  part of the key
    return render_to_string("interactions/archive_line.html", {"line": line})
