"""Reads of interactions and messages. Every page begins with `visible_to`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from scopchat.accounts.roles import Permission
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.visibility import within_reach

if TYPE_CHECKING:
    from scopchat.accounts.models import User
    from scopchat.interactions.models import Interaction, Message  # noqa: F401  the querysets' rows


class InteractionQuerySet(models.QuerySet["Interaction"]):
    def visible_to(self, user: User) -> Self:
        """What the person may see (the matrix, "see")."""
        return self.filter(within_reach(user, user.reach(Permission.SEE_INTERACTIONS)))

    def not_closed(self) -> Self:
        """The inbox: everything that is not over (index `interaction_inbox`)."""
        return self.exclude(status=InteractionStatus.CLOSED)

    def newest_first(self) -> Self:
        return self.order_by("-last_activity_at", "-id")


class MessageQuerySet(models.QuerySet["Message"]):
    def of_thread(self, interaction_id: int) -> Self:
        """The messages of one interaction, oldest first (index `message_thread`)."""
        return self.filter(interaction_id=interaction_id).order_by("id")
