"""The rows of the inbox's list as values, drawn once for everybody who looks at the same thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db import models
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language

from scopchat.common.faces import hue_of, initials
from scopchat.common.keyset import micros
from scopchat.common.phones import display
from scopchat.interactions.inbox import order_key, waiting_key
from scopchat.interactions.models import Interaction, InteractionEvent
from scopchat.interactions.querysets import InteractionQuerySet, contact_shown
from scopchat.interactions.row_outlines import Shape, outline
from scopchat.interactions.status import Happening
from scopchat.tenancy.addresses import at
from scopchat.tenancy.models import Company

WRITTEN = (
    "pk", "order", "waiting", "changed", "number", "queue", "assignee_id", "hue", "badge", "words", "labels",
    "customer", "place", "assignee", "preview", "unread",
)  # fmt: skip
"""Of a row, what its outline is filled with as it is."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a row shows. Nothing in it depends on who looks, nor on the language."""

    pk: int
    company_id: int
    order: str
    waiting: str
    changed: int
    number: str
    customer: str
    """The contact's name, or the number as people write it."""
    named: bool
    words: str
    """What the contact is found by, folded."""
    labels: str
    """Numbers of those on the contact."""
    badge: str
    hue: str
    preview: str
    ours: bool
    unread: int
    status: str
    place: str
    queue: int | str
    assignee: str
    assignee_id: int | str
    offered: str
    escalated: bool
    until: datetime | None
    at: datetime


def for_rows(found: InteractionQuerySet) -> InteractionQuerySet:
    """With everything a row needs in the same statement; anything else raises instead of being fetched.

    Who offered it is asked row by row: of an EXISTS the planner would read all events there are into a table.
    """
    by_queue = InteractionEvent.objects.filter(
        interaction=OuterRef("pk"), happening=Happening.OFFERED, created_at=OuterRef("offered_at")
    )
    return (
        found.with_contact()
        .annotate(offering=Subquery(by_queue.values("pk")[:1]))
        .select_related("channel", "queue", "assignee")
        .only(
            "company", "customer", "status", "unread", "preview", "preview_is_ours", "waiting_since",
            "last_activity_at", "changed_at", "opened_at", "closed_at", "offered_at", "escalated_at", "wake_at",
            "released_by",
            "channel__name", "channel__is_active", "channel__loan", "queue__name", "assignee__display_name",
        )
        .fetch_mode(models.FETCH_RAISE)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row is made from, as `sql/rows_now.sql` reads it."""

    pk: int
    company_id: int
    channel_id: int
    queue_id: int | None
    assignee_id: int | None
    status: str
    customer: str
    unread: int
    preview: str
    ours: bool
    waiting_since: datetime | None
    last_activity_at: datetime
    changed_at: datetime
    offered: str
    """By whom it was given to its assignee, who has not accepted it: "queue" or "person"; else empty."""
    escalated: bool
    wake_at: datetime | None
    contact: str | None
    words: str | None
    labels: Sequence[int] | None
    channel: str
    queue: str | None
    assignee: str | None
    country: str
    time_zone: str


def facts_of(interaction: Interaction, company: Company) -> Facts:
    """Of an interaction read by `for_rows`."""
    contact = contact_shown(interaction)
    return Facts(
        pk=interaction.pk,
        company_id=company.pk,
        channel_id=interaction.channel_id,
        queue_id=interaction.queue_id,
        assignee_id=interaction.assignee_id,
        status=interaction.status,
        customer=interaction.customer,
        unread=interaction.unread,
        preview=interaction.preview,
        ours=interaction.preview_is_ours,
        waiting_since=interaction.waiting_since,
        last_activity_at=interaction.last_activity_at,
        changed_at=interaction.changed_at,
        offered=_offered_by(interaction),
        escalated=interaction.escalated_at is not None,
        wake_at=interaction.wake_at,
        contact=contact.name,
        words=contact.words,
        labels=contact.labels,
        channel=interaction.channel.name,
        queue=interaction.queue.name if interaction.queue else None,
        assignee=interaction.assignee.display_name if interaction.assignee else None,
        country=company.country,
        time_zone=company.time_zone,
    )


def _offered_by(interaction: Interaction) -> str:
    if interaction.offered_at is None:
        return ""
    return "queue" if vars(interaction)["offering"] else "person"


def row_of(facts: Facts) -> Row:
    """The row that they make."""
    return Row(
        pk=facts.pk,
        company_id=facts.company_id,
        order=order_key(facts.last_activity_at, facts.pk),
        waiting=waiting_key(facts.waiting_since),
        changed=micros(facts.changed_at),
        number="".join(filter(str.isdigit, facts.customer)),
        customer=facts.contact or display(facts.customer, facts.country),
        named=bool(facts.contact),
        words=facts.words or "",
        labels=" ".join(map(str, facts.labels or ())),
        badge=initials(facts.contact or "") or facts.customer[-2:],
        hue=hue_of(facts.customer),
        preview=facts.preview,
        ours=facts.ours,
        unread=facts.unread,
        status=facts.status,
        place=facts.queue or facts.channel,
        queue=facts.queue_id or "",
        assignee=facts.assignee or "",
        assignee_id=facts.assignee_id or "",
        offered=facts.offered,
        escalated=facts.escalated,
        until=facts.wake_at,
        at=facts.last_activity_at,
    )


def draw(rows: Iterable[Row], *, selected: int | None = None) -> SafeString:
    """The rows in the language in force; the one of the open thread is marked."""
    language = get_language() or ""
    html = "".join(_drawn(row, language) for row in rows)
    return SafeString(html.replace(f'id="row-{selected}"', f'id="row-{selected}" aria-current="true"', 1))


def _drawn(row: Row, language: str) -> SafeString:
    shape = Shape(
        status=row.status,
        named=row.named,
        offered=row.offered,
        escalated=row.escalated,
        ours=row.ours,
        unread=min(row.unread, 2),
        assignee=bool(row.assignee),
        preview=bool(row.preview),
        until=row.until is not None,
    )
    day = localtime(row.at)
    spoken = {"day": _day(day.date(), language)}
    if row.until:
        spoken["until"] = escape(date_format(localtime(row.until), "SHORT_DATETIME_FORMAT"))
    return outline(shape, language).filled(_values(row, day.isoformat()) | spoken)


@lru_cache(maxsize=4096)
def _values(row: Row, at_local: str) -> dict[str, str]:
    """What is written the same in every language, escaped."""
    with at(row.company_id):
        addresses = {
            "address": reverse("interactions:thread", args=[row.pk]),
            "menu_address": reverse("interactions:menu", args=[row.pk]),
        }
    texts = {name: getattr(row, name) for name in WRITTEN}
    return {name: escape(value) for name, value in {**texts, **addresses, "at": at_local}.items()}


@lru_cache(maxsize=1024)
def _day(day: date, language: str) -> str:  # noqa: ARG001  part of the key
    return escape(date_format(day, "SHORT_DATE_FORMAT"))
