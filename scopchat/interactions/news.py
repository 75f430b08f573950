"""What the live stream brings to open inboxes: rows of interactions that changed, and counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django_scopes import scope

from scopchat.events.catalogue import InteractionChange
from scopchat.interactions import rows
from scopchat.interactions.inbox import Counts
from scopchat.interactions.models import Interaction
from scopchat.interactions.status import InteractionStatus


@dataclass(frozen=True, slots=True)
class Current:
    """An interaction as it is now."""

    place: InteractionChange
    """What decides who may see it."""
    html: Mapping[str, str]
    """Its row in each language, on one line; none when it is closed."""


def current(
    *, company_id: int, ids: Collection[int], country: str, time_zone: str, languages: Collection[str]
) -> list[Current]:
    """These interactions of one company, in any order; those of others are left out."""
    with scope(company=company_id), timezone.override(ZoneInfo(time_zone)):
        found = list(rows.for_rows(Interaction.objects.filter(pk__in=ids)))
        return [_current(interaction, country, languages) for interaction in found]


def _current(interaction: Interaction, country: str, languages: Collection[str]) -> Current:
    place = InteractionChange(interaction.pk, interaction.channel_id, interaction.queue_id, interaction.assignee_id)
    html = {}
    for language in languages if interaction.status != InteractionStatus.CLOSED else ():
        with translation.override(language):
            drawn = rows.draw([rows.row_of(interaction, country=country)])
        html[language] = " ".join(drawn.splitlines())
    return Current(place, html)


@lru_cache(maxsize=4096)
def counts_html(counts: Counts, language: str) -> str:
    """The parts of the page that show the counts, on one line."""
    with translation.override(language):
        return render_to_string("interactions/counts.html", {"counts": counts}).strip()
