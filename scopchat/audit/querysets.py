"""Reads of the audit log. Every one begins with `under`: the branch of the tree that the reader may see."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models.functions import Left

from scopchat.common.searching import WordsQuerySet

if TYPE_CHECKING:
    from scopchat.audit.models import Entry  # noqa: F401  the queryset's rows

LEVEL_CHARACTERS = 4
"""How much of a company's path each level of the tree takes."""
BRANCHES = range(2, 6)
"""Depths with an index of their own: a tree has five levels, and the whole of it needs none."""


class EntryQuerySet(WordsQuerySet["Entry"]):
    def under(self, path: str) -> Self:
        """What concerns the company at `path` and all below it (indexes `audit_entry_branch_2` to `_5`)."""
        depth = len(path) // LEVEL_CHARACTERS
        if depth not in BRANCHES:
            return self.filter(company_path__startswith=path)
        return self.alias(branch=Left("company_path", depth * LEVEL_CHARACTERS)).filter(branch=path)

    def between(self, begin: datetime | None, end: datetime | None) -> Self:
        """What happened from `begin` on and before `end`."""
        found = self.filter(at__gte=begin) if begin else self
        return found.filter(at__lt=end) if end else found

    def latest_first(self) -> Self:
        return self.order_by("-at", "-id")
