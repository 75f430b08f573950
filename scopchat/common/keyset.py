"""Lists a page at a time: each page begins where the one before ended, however far down that is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

from django.db.models import Q, QuerySet
from django.http import Http404, QueryDict
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from scopchat.common.ids import MAX_ID
from scopchat.common.searching import Searched

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Microseconds since 1970, exactly as PostgreSQL keeps them."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(microseconds: int) -> datetime:
    """Raises OverflowError for what no calendar has."""
    return EPOCH + timedelta(microseconds=microseconds)


class _Asked(ABC):
    """What stands in the address of a page."""

    @classmethod
    @abstractmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError for anything but what `str` gives."""

    @classmethod
    def asked(cls, parameters: QueryDict, name: str = "after") -> Self | None:
        """What a page's address asks for; None for the first page. Raises 404 for what is no cursor."""
        text = parameters.get(name)
        try:
            return cls.read(text) if text else None
        except ValueError:
            raise Http404 from None


@dataclass(frozen=True, slots=True)
class Cursor(_Asked):
    """Where a page of the latest ended: at a row with this moment and id."""

    at: datetime
    pk: int

    @classmethod
    def read(cls, text: str) -> Self:
        try:
            at, pk = map(int, text.split("."))
            return cls(moment(at), _id(pk))
        except OverflowError:
            raise ValueError(text) from None

    def __str__(self) -> str:
        return f"{micros(self.at)}.{self.pk}"

    def after(self, field: str) -> Q:
        """What comes after it by descending `field` and id. The first condition is the index's."""
        return Q(**{f"{field}__lte": self.at}) & (Q(**{f"{field}__lt": self.at}) | Q(id__lt=self.pk))


@dataclass(frozen=True, slots=True)
class SearchCursor(_Asked):
    """Where a page in the order of `search` ended."""

    search: str
    pk: int

    @classmethod
    def read(cls, text: str) -> Self:
        pk, _dot, search = urlsafe_base64_decode(text).decode().partition(".")
        if "\0" in search:
            raise ValueError(text)
        return cls(search, _id(int(pk)))

    def __str__(self) -> str:
        return urlsafe_base64_encode(f"{self.pk}.{self.search}".encode())

    def after(self) -> Q:
        """What comes after it. The first condition is the index's."""
        return Q(search__gte=self.search) & (Q(search__gt=self.search) | Q(id__gt=self.pk))


def _id(pk: int) -> int:
    """Raises ValueError for what no row has."""
    if not 0 <= pk < MAX_ID:
        raise ValueError(pk)
    return pk


class Page[T](NamedTuple):
    """Some rows, and where the next page begins; an empty text after the last."""

    rows: list[T]
    next_cursor: str


def page_of[T: Any](found: QuerySet[T], after: Cursor | None, *, by: str, size: int) -> Page[T]:
    """The next rows by descending moment `by` and id, which an index has to hold."""
    following = found.filter(after.after(by)) if after else found
    rows = list(following.order_by(f"-{by}", "-id")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows[:size], str(Cursor(getattr(last, by), last.pk)) if last is not None else "")


def page_by_search[T: Searched](found: QuerySet[T], after: SearchCursor | None, *, size: int) -> Page[T]:
    """The next rows by `search` and id."""
    following = found.filter(after.after()) if after else found
    rows = list(following.order_by("search", "id")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows[:size], str(SearchCursor(last.search, last.pk)) if last is not None else "")


def pages_of[T: Any](found: QuerySet[T], *, by: str, size: int) -> Iterator[list[T]]:
    """All of it, a page at a time, for an export of any length."""
    page = page_of(found, None, by=by, size=size)
    while page.rows:
        yield page.rows
        if not page.next_cursor:
            return
        page = page_of(found, Cursor.read(page.next_cursor), by=by, size=size)
