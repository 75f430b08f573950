"""Telling live pages about interactions that changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from scopchat.events.catalogue import InteractionChange, InteractionsChanged, Part
from scopchat.events.publish import publish
from scopchat.interactions.models import Interaction

Row = tuple[int, int, int, int | None, int | None]
"""Interaction, company, channel, queue, assignee."""


def announce(interaction: Interaction, *, also: int | None = None, part: Part = Part.BOTH) -> None:
    """Sends the change when the transaction commits; `also` is a person who is losing sight of it."""
    change = InteractionChange(
        interaction_id=interaction.pk,
        channel_id=interaction.channel_id,
        queue_id=interaction.queue_id,
        assignee_id=interaction.assignee_id,
        also=also,
    )
    publish(InteractionsChanged(interaction.company_id, (change,), part))


def announce_rows(rows: Iterable[Row], *, part: Part = Part.BOTH) -> None:
    """Sends the changes of a batch: one event per company."""
    companies: dict[int, list[InteractionChange]] = defaultdict(list)
    for interaction, company, channel, queue, assignee in rows:
        companies[company].append(InteractionChange(interaction, channel, queue, assignee))
    for company, changes in companies.items():
        publish(InteractionsChanged(company, tuple(changes), part))
