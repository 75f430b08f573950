"""What the live stream brings to open inboxes: rows of interactions that changed, and counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation

from scopchat.events.catalogue import InteractionChange
from scopchat.interactions import rows
from scopchat.interactions.inbox import Counts
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
    html = {}
    for language in languages if facts.status != InteractionStatus.CLOSED else ():
        with translation.override(language), timezone.override(ZoneInfo(facts.time_zone)):
            html[language] = _on_one_line(rows.draw([rows.row_of(facts)]))
    return Current(place, html)


@lru_cache(maxsize=4096)
def counts_html(counts: Counts, language: str) -> str:
    """The parts of the page that show the counts, on one line."""
    with translation.override(language):
        return _on_one_line(render_to_string("interactions/counts.html", {"counts": counts}))


def _on_one_line(html: str) -> str:
    """As an event of the stream carries it."""
    return " ".join(line.strip(" ") for line in html.splitlines())
