"""What the archive shows: everything the person may see, narrowed by what is asked for, latest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Reach
from scopchat.channels.models import Channel
from scopchat.common import keyset
from scopchat.common.keyset import Cursor, Page
from scopchat.common.phones import BadNumber, calling_code, display, to_e164
from scopchat.interactions import queries
from scopchat.interactions.models import Interaction
from scopchat.interactions.querysets import InteractionQuerySet, contact_shown
from scopchat.interactions.status import InteractionStatus
from scopchat.queues.models import Queue
from scopchat.tenancy.models import Company

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """What a line shows. Nothing in it depends on who looks, so that a drawn line serves everyone."""

    pk: int
    customer: str
    """The contact's name, if there is one."""
    number: str
    channel: str
    status: str
    status_label: str
    assignee: str
    preview: str
    at: datetime


_MANY = ("", InteractionStatus.CLOSED)
"""Filters that leave nearly everything; what the others leave is few."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the archive is narrowed to; what is empty narrows nothing."""

    status: str = ""
    typed: str = ""
    """A number, or its beginning or end."""
    channel: Channel | None = None
    queue: Queue | None = None
    person: User | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Of the last activity; not included."""

    def narrow(self, found: InteractionQuerySet) -> InteractionQuerySet:
        """By all but the number."""
        exactly = {"status": self.status, "channel": self.channel, "queue": self.queue, "assignee": self.person}
        conditions: dict[str, Any] = {name: value for name, value in exactly.items() if value}
        if self.since:
            conditions["last_activity_at__gte"] = self.since
        if self.until:
            conditions["last_activity_at__lt"] = self.until
        return found.filter(**conditions)

    @property
    def leaves_many(self) -> bool:
        """Whether nearly everything may be left."""
        return self.status in _MANY and not (self.channel or self.queue or self.person or self.since or self.until)


def page_of(user: User, company: Company, asked: Asked, *, after: Cursor | None = None) -> Page[Interaction]:
    """The next page of the archive. Reads as much for a page far down or of little as for the first."""
    number, shape = _read(asked.typed, company.country)
    found = asked.narrow(Interaction.objects.visible_to(user))
    if number:
        found = found.filter(customer=number)
    if user.reach(Permission.SEE_INTERACTIONS) < Reach.COMPANY and not number and asked.leaves_many:
        found = found.filter(pk__in=_latest(user, company, asked.status, shape, after))
    else:
        found = _shaped(found, shape)
    related = found.with_contact().select_related("channel", "assignee").fetch_mode(models.FETCH_RAISE)
    return keyset.page_of(related, after, by="last_activity_at", size=PAGE)


def all_of(user: User, company: Company, asked: Asked) -> InteractionQuerySet:
    """Everything that its pages show, in no order."""
    number, shape = _read(asked.typed, company.country)
    found = asked.narrow(Interaction.objects.visible_to(user))
    return found.filter(customer=number) if number else _shaped(found, shape)


class Shape(NamedTuple):
    """The digits typed so far, as a number may end with them (read backwards) or begin."""

    ends: str
    plain: str
    international: str
    national: str


def _read(typed: str, country: str) -> tuple[str, Shape | None]:
    """The whole number typed, or the shape of an unfinished one; neither where nothing was typed."""
    try:
        return (to_e164(typed, country=country) if typed else ""), None
    except BadNumber:
        digits = "".join(filter(str.isdigit, typed))
    if not digits:
        return typed, None
    national = f"+{calling_code(country)}{digits.lstrip('0')}"
    return "", Shape(digits[::-1], digits, f"+{digits}", national)


def _shaped(found: InteractionQuerySet, shape: Shape | None) -> InteractionQuerySet:
    """Narrowed to the shape. Indexes `interaction_number_begins` and `interaction_number_ends`."""
    if shape is None:
        return found
    fits = Q(customer_end__startswith=shape.ends)
    for beginning in shape[1:]:
        fits |= Q(customer__startswith=beginning)
    narrowed: InteractionQuerySet = found.alias(customer_end=Reverse(F("customer"))).filter(fits)
    return narrowed


def _latest(user: User, company: Company, status: str, shape: Shape | None, after: Cursor | None) -> list[int]:
    """Ids among which the next page is, for a person who sees only some channels and queues.

    Reading the company's archive until a page of theirs is found would read most of it where little is theirs.
    """
    parameters = {
        "person": user.pk,
        "company": company.pk,
        "member": user.reach(Permission.SEE_INTERACTIONS) >= Reach.MEMBER,
        "status": status,
        "at": after.at if after else datetime.max.replace(tzinfo=UTC),
        "before": after.pk if after else 0,
        "most": PAGE + 1,
        "any": shape is None,
        **{name: f"{part}%" for name, part in (shape or Shape("", "", "", ""))._asdict().items()},
    }
    return [pk for (pk,) in queries.rows("archive_latest", parameters)]


def lines_of(
    found: Iterable[Interaction], *, country: str, said: Mapping[int, str] = MappingProxyType({})
) -> Iterator[Line]:
    """The lines of interactions; `said` is what was found in some of them."""
    for interaction in found:
        yield Line(
            pk=interaction.pk,
            customer=contact_shown(interaction).name,
            number=display(interaction.customer, country),
            channel=interaction.channel.name,
            status=interaction.status,
            status_label=interaction.get_status_display(),
            assignee=interaction.assignee.display_name if interaction.assignee else "",
            preview=said.get(interaction.pk, interaction.preview),
            at=interaction.last_activity_at,
        )


def draw(lines: Iterable[Line]) -> SafeString:
    """The lines in the language in force."""
    language = get_language() or ""
    return SafeString("".join(_drawn(line, language) for line in lines))


@lru_cache(maxsize=4096)
def _drawn(line: Line, language: str) -> SafeString:  # noqa: ARG001  part of the key
    return render_to_string("interactions/archive_line.html", {"line": line})
