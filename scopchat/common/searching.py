"""Rows that people search for as they type: a column with their words, folded, since the database folds no accents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db import models, transaction

from scopchat.common.folding import fold, without_accents

MOST_BYTES = 2_000
"""An index of PostgreSQL refuses rows of more than 2,704 bytes; folding makes some characters up to eighteen."""


class WordsQuerySet[M: models.Model](models.QuerySet[M]):
    """Of a model with words in `search`, folded."""

    def mentioning(self, text: str) -> Self:
        """What has all these words in it, in any case and with or without accents."""
        found = self
        # No column holds NUL, and no statement either.
        for word in fold(text.replace("\0", " ")).split():
            found = found.filter(search__contains=word)
        return found


class SearchedQuerySet[M: "Searched"](WordsQuerySet[M]):
    """Keeps `search` where rows are written many at a time."""

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        made = list(objs)
        for each in made:
            each.note_search()
        return super().bulk_create(made, *args, **kwargs)

    def update(self, **changes: Any) -> int:
        """Raises TypeError for a change of searched fields that leaves `search` behind (`search_of` makes it)."""
        searched = self.model.SEARCHED
        if "search" not in changes and not changes.keys().isdisjoint(searched):
            raise TypeError(f"{self.model.__name__}.search follows from {', '.join(searched)}: update it with them")
        return super().update(**changes)


class Searched(models.Model):
    """Has its `SEARCHED` fields in `search`, a line each; ordered by it, a list goes by the first of them."""

    SEARCHED: ClassVar[tuple[str, ...]]

    search = models.TextField(db_default="", db_collation="C", editable=False)

    class Meta:
        abstract = True

    def save(self, **options: Any) -> None:
        written = options.get("update_fields")
        if written is None or not set(written).isdisjoint(self.SEARCHED):
            self.note_search()
            if written is not None:
                options["update_fields"] = {*written, "search"}
        super().save(**options)

    @classmethod
    def search_of(cls, **values: str) -> str:
        """What `search` is for these values of all searched fields."""
        return _lines(values[name] for name in cls.SEARCHED)

    def note_search(self) -> None:
        self.search = _lines(getattr(self, name) for name in self.SEARCHED)


def backfill(model: type[models.Model], *fields: str, batch: int = 1_000) -> None:
    """For a migration outside a transaction: fills `search`, empty so far, without holding many rows at a time."""
    rows = model._base_manager.filter(search="").only("pk", *fields).order_by("pk")
    after = 0
    while True:
        with transaction.atomic():
            found: list[Any] = list(rows.filter(pk__gt=after).select_for_update(no_key=True)[:batch])
            for row in found:
                row.search = _lines(getattr(row, name) for name in fields)
            model._base_manager.bulk_update(found, ["search"])
        if len(found) < batch:
            return
        after = found[-1].pk


def _lines(values: Iterable[str]) -> str:
    # The end of a line sorts before all that names are written with: Ana comes before Ana B.
    found = list(values)
    text = "\n".join(found)
    # All at once where it comes to the same: it is done for each contact of a file.
    lines = text.lower() if text.isascii() else without_accents(text)
    if lines.count("\n") >= len(found) or _has_odd_spaces(lines):
        lines = "\n".join(map(fold, found))
    if lines.isascii():
        return lines[:MOST_BYTES]
    return lines.encode()[:MOST_BYTES].decode(errors="ignore")


def _has_odd_spaces(lines: str) -> bool:
    """Whether there are any that folding changes."""
    at_an_end = lines.startswith(" ") or lines.endswith(" ") or " \n" in lines or "\n " in lines
    return at_an_end or "  " in lines or not lines.replace("\n", "").isprintable()
