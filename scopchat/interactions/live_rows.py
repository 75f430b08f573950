"""What the live stream brings to open inboxes: rows of interactions that changed, and counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation

from scopchat.common.outlines import Outline, gap, on_one_line
from scopchat.events.catalogue import InteractionChange
from scopchat.interactions import rows
from scopchat.interactions.counting import LABELS, Counts
from scopchat.interactions.queries import statement
from scopchat.interactions.rows import Facts
from scopchat.interactions.status import InteractionStatus


@dataclass(frozen=True, slots=True)
class Current:
    """An interaction as it is now."""

    place: InteractionChange
    """What decides who may see it."""
    html: Mapping[str, str]
    """Its row in each language, on one line; none when it is closed."""


ROWS_NOW = statement("rows_now")
"""Takes companies and interactions, one of each per row asked for; gives `Facts`."""


def current(facts: Facts, languages: Collection[str]) -> Current:
    """What `ROWS_NOW` found, drawn in these languages."""
    place = InteractionChange(facts.pk, facts.channel_id, facts.queue_id, facts.assignee_id)
    html: dict[str, str] = {}
    if facts.status == InteractionStatus.CLOSED:
        return Current(place, html)
    row = rows.row_of(facts)
    with timezone.override(ZoneInfo(facts.time_zone)):
        for language in languages:
            with translation.override(language):
                html[language] = on_one_line(rows.draw([row]))
    return Current(place, html)


def counts_html(counts: Counts, language: str) -> str:
    """The parts of the page that show the counts, on one line."""
    outline = _counts_outline(bool(counts.offered), bool(counts.unread), counts.one_unread, language)
    numbers = {name: getattr(counts, name) for name in (*LABELS, "offered", "unread")}
    return outline.filled(numbers) + "".join(COUNT.format(queue.key, queue.number) for queue in counts.queues)


COUNT = '<hx-partial hx-target="[data-count={}]" hx-swap="textContent">{}</hx-partial>'
"""What a queue holds, wherever the page shows it; its key and number need no escaping."""


@lru_cache(maxsize=128)
def _counts_outline(offered: bool, unread: bool, one_unread: bool, language: str) -> Outline:
    shown: dict[str, object] = {name: gap(name) for name in LABELS}
    shown |= {"offered": gap("offered") if offered else "", "unread": gap("unread") if unread else ""}
    with translation.override(language):
        return Outline(render_to_string("interactions/counts.html", {"counts": shown | {"one_unread": one_unread}}))
