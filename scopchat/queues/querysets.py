"""Reads of queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Q

from scopchat.accounts.models import Presence
from scopchat.queues.distribution import Mode

if TYPE_CHECKING:
    from scopchat.queues.models import Queue  # noqa: F401  the queryset's rows

AGENTS: dict[str, Any] = {"is_agent": True, "user__is_active": True, "user__archived_at": None}
"""Of members: those who answer, and can sign in."""
PRESENT = {**AGENTS, "user__presence": Presence.ONLINE}
"""And are there."""


class QueueQuerySet(models.QuerySet["Queue"]):
    def not_closed(self) -> Self:
        """What lists, forms and dialogs offer."""
        return self.filter(closed_at=None)

    def automatic(self) -> Self:
        """What gives out by itself what waits in it."""
        return self.not_closed().exclude(distribution=Mode.MANUAL)

    def with_agents(self) -> Self:
        """Each with how many `agents` it has, and how many of them are `present`."""
        return self.annotate(agents=_members(AGENTS), present=_members(PRESENT))


def _members(those: dict[str, Any]) -> Count:
    """How many of the members are such."""
    return Count("members", filter=Q(**{f"members__{name}": value for name, value in those.items()}))
