"""What can be exported. The domain that owns the rows describes each kind once, and registers it when it is ready."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.functional import Promise

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.accounts.services import current_company
from scopchat.tenancy.models import Company

type Sight = dict[str, Any]
"""How much of a kind somebody sees, as JSON."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who exports what of which company."""

    person: User
    company: Company
    asked: Mapping[str, str]
    """What it is narrowed to, as the kind's own page wrote it."""

    @contextmanager
    def in_their_place(self) -> Iterator[None]:
        """Inside, the language is the person's and the time zone the company's, as on their pages."""
        with translation.override(self.person.language), timezone.override(ZoneInfo(self.company.time_zone)):
            yield


@dataclass(frozen=True, slots=True)
class Batch:
    """Some lines of the file."""

    rows: Sequence[Sequence[object]]
    done: int
    """How many of what `Kind.count` counts are behind us with it."""
    next_cursor: str
    """Where the next one begins; empty after the last."""


class Gone(Exception):
    """What it is narrowed to is no longer there, or no longer the person's to choose: without it, it would be more."""


class Kind(ABC):
    """A list that can be taken away as a table. Its methods run in the scope of the company, in the person's place."""

    name: ClassVar[str]
    """Under which exports are kept, and their files called; never changes."""
    title: ClassVar[str | Promise]
    page: ClassVar[str]
    """Address name of the list it is exported from."""
    permission: ClassVar[Permission]

    @abstractmethod
    def columns(self) -> Sequence[str]:
        """The titles of the columns."""

    @abstractmethod
    def count(self, asking: Asking) -> int:
        """How many there are, for the bar. Raises `Gone`."""

    @abstractmethod
    def batch(self, asking: Asking, after: str) -> Batch:
        """The next lines, in an order that does not change meanwhile; `after` is empty for the first. Raises `Gone`.

        Reads as much far down as at the beginning, and takes no more than a few tenths of a second.
        """

    def sight(self, asking: Asking) -> Sight:
        """How much the person sees now."""
        return {"reach": int(asking.person.reach(self.permission))}

    def covers(self, now: Sight, then: Sight) -> bool:
        """Whether who sees `now` sees all that was seen `then`."""
        return bool(now["reach"] >= then["reach"])

    def may_export(self, asking: Asking) -> bool:
        """Whether the person could open the list."""
        person, company = asking.person, asking.company
        reaches = person.may_sign_in and current_company(user=person, named=company.pk) is not None
        return reaches and person.may(self.permission)


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Called from `AppConfig.ready`."""
    KINDS[kind.name] = kind
