"""Reads of what is set for times when nobody is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from scopchat.automation.models import Fallback  # noqa: F401  the queryset's rows


class FallbackQuerySet(models.QuerySet["Fallback"]):
    def replying(self) -> Self:
        """Those that answer who writes."""
        return self.exclude(closed_reply="", nobody_reply="")

    def acting(self) -> Self:
        """Those that do something with what waits."""
        asked = Q(escalate_after__isnull=False) | Q(close_after__isnull=False) | Q(absent_after__isnull=False)
        return self.filter(asked)
