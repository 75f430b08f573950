"""The rows of the inbox's list as values, drawn once for everybody who looks at the same thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zlib import crc32

from django.db import models
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from scopchat.common.phones import display
from scopchat.interactions.inbox import InboxView
from scopchat.interactions.models import Interaction

HUES = ("teal", "azure", "purple", "orange", "pink", "lime", "indigo", "cyan")


@dataclass(frozen=True, slots=True)
class Row:
    """What a row shows. Nothing in it depends on who looks, so that a drawn row serves everyone."""

    pk: int
    order: str
    selected: bool
    customer: str
    badge: str
    hue: str
    preview: str
    ours: bool
    unread: int
    status: str
    status_label: str
    place: str
    assignee: str
    at: datetime


def for_rows(found: QuerySet[Interaction]) -> QuerySet[Interaction]:
    """With everything a row needs in the same statement; anything else raises instead of being fetched."""
    return (
        found.select_related("channel", "queue", "assignee")
        .only(
            "customer", "status", "unread", "preview", "preview_is_ours", "waiting_since", "last_activity_at",
            "changed_at", "channel__name", "queue__name", "assignee__display_name",
        )
        .fetch_mode(models.FETCH_RAISE)
    )  # fmt: skip


def rows_of(found: Iterable[Interaction], view: InboxView, *, country: str, selected: int | None) -> Iterator[Row]:
    for interaction in found:
        yield Row(
            pk=interaction.pk,
            order=view.order_key(interaction),
            selected=interaction.pk == selected,
            customer=display(interaction.customer, country),
            badge=interaction.customer[-2:],
            hue=hue_of(interaction.customer),
            preview=interaction.preview,
            ours=interaction.preview_is_ours,
            unread=interaction.unread,
            status=interaction.status,
            status_label=interaction.get_status_display(),
            place=interaction.queue.name if interaction.queue else interaction.channel.name,
            assignee=interaction.assignee.display_name if interaction.assignee else "",
            at=interaction.last_activity_at,
        )


def hue_of(customer: str) -> str:
    """A colour that stays the customer's."""
    return HUES[crc32(customer.encode()) % len(HUES)]


def draw(rows: Iterable[Row]) -> SafeString:
    """The rows in the language in force."""
    language = get_language() or ""
    return SafeString("".join(_drawn(row, language) for row in rows))


@lru_cache(maxsize=4096)
def _drawn(row: Row, language: str) -> SafeString:  # noqa: ARG001  part of the key
    return render_to_string("interactions/row.html", {"row": row})
