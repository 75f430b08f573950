"""Which fallback a conversation has: its channel's own, else its queue's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from scopchat.automation.models import Fallback
from scopchat.interactions.models import Interaction


@dataclass(frozen=True, slots=True)
class Fallbacks:
    """Those of some companies, by what they are of."""

    channels: dict[int, Fallback]
    queues: dict[int, Fallback]

    @classmethod
    def among(cls, found: Iterable[Fallback]) -> Fallbacks:
        found = list(found)
        return cls(
            {one.channel_id: one for one in found if one.channel_id},
            {one.queue_id: one for one in found if one.queue_id},
        )

    def __bool__(self) -> bool:
        return bool(self.channels or self.queues)

    def of(self, channel_id: int, queue_id: int | None) -> Fallback | None:
        return self.channels.get(channel_id) or (self.queues.get(queue_id) if queue_id else None)


def fallback_of(interaction: Interaction) -> Fallback | None:
    """The conversation's."""
    found = Fallback.objects.filter(
        Q(channel=interaction.channel_id) | Q(queue=interaction.queue_id, queue__isnull=False)
    )
    return Fallbacks.among(found.select_related("hours", "company")).of(interaction.channel_id, interaction.queue_id)
