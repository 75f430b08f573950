"""The rows of the inbox's list as values, drawn once for everybody who looks at the same thing."""

from __future__ import annotations

from collections.abc import Iterable
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
from scopchat.interactions.inbox import micros, order_key, waiting_key
from scopchat.interactions.models import Interaction

HUES = ("teal", "azure", "purple", "orange", "pink", "lime", "indigo", "cyan")


@dataclass(frozen=True, slots=True)
class Row:
    """What a row shows. Nothing in it depends on who looks or how, so that a drawn row serves everyone."""

    pk: int
    order: str
    waiting: str
    changed: int
    number: str
    customer: str
    badge: str
    hue: str
    preview: str
    ours: bool
    unread: int
    status: str
    status_label: str
    place: str
    queue: int | str
    assignee: str
    assignee_id: int | str
    at: datetime


def for_rows(found: QuerySet[Interaction]) -> QuerySet[Interaction]:
    """With everything a row needs in the same statement; anything else raises instead of being fetched."""
    return (
        found.select_related("channel", "queue", "assignee")
        .only(
            "customer", "status", "unread", "preview", "preview_is_ours", "waiting_since", "last_activity_at",
            "changed_at", "opened_at", "closed_at", "channel__name", "queue__name", "assignee__display_name",
        )
        .fetch_mode(models.FETCH_RAISE)
    )  # fmt: skip


def row_of(interaction: Interaction, *, country: str) -> Row:
    """The row of an interaction read by `for_rows`, with labels in the language in force."""
    queue, assignee = interaction.queue, interaction.assignee
    return Row(
        pk=interaction.pk,
        order=order_key(interaction),
        waiting=waiting_key(interaction),
        changed=micros(interaction.changed_at),
        number="".join(filter(str.isdigit, interaction.customer)),
        customer=display(interaction.customer, country),
        badge=interaction.customer[-2:],
        hue=hue_of(interaction.customer),
        preview=interaction.preview,
        ours=interaction.preview_is_ours,
        unread=interaction.unread,
        status=interaction.status,
        status_label=interaction.get_status_display(),
        place=queue.name if queue else interaction.channel.name,
        queue=queue.pk if queue else "",
        assignee=assignee.display_name if assignee else "",
        assignee_id=assignee.pk if assignee else "",
        at=interaction.last_activity_at,
    )


def hue_of(customer: str) -> str:
    """A colour that stays the customer's."""
    return HUES[crc32(customer.encode()) % len(HUES)]


def draw(rows: Iterable[Row], *, selected: int | None = None) -> SafeString:
    """The rows in the language in force; the one of the open thread is marked."""
    language = get_language() or ""
    html = "".join(_drawn(row, language) for row in rows)
    return SafeString(html.replace(f'id="row-{selected}"', f'id="row-{selected}" aria-current="true"', 1))


@lru_cache(maxsize=4096)
def _drawn(row: Row, language: str) -> SafeString:  # noqa: ARG001  part of the key
    return render_to_string("interactions/row.html", {"row": row})
