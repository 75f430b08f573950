"""What the domains above do when a company goes and comes back.

The tree stands below people, channels and interactions and knows nothing of them. Each of these domains describes its
part once, in a subclass of `Participant`, and registers it when it is ready.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from scopchat.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a company cannot be archived now, in words with their count, in the language in force."""

    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """What a restoring left out, and why, in the language in force."""

    name: str
    why: str


class Participant:
    """One domain's part. Its methods run in the transaction of the change, in the scope of the company."""

    name: ClassVar[str]
    """Under which what it removed is kept; never changes."""

    def obstacles(self, company: Company) -> Iterable[Obstacle]:  # noqa: ARG002
        """What has to end before the company can be archived."""
        return ()

    def close(self, companies: Sequence[int]) -> None:
        """These companies have just stopped working."""

    def remove(self, company: Company, *, now: datetime) -> list[int]:  # noqa: ARG002
        """Takes out of use what must not stay in use in an archived company; returns the ids of just that."""
        return []

    def restore(self, company: Company, *, ids: Sequence[int]) -> Iterable[Skipped]:  # noqa: ARG002
        """Brings back what `remove` removed, but for what cannot come back."""
        return ()


PARTICIPANTS: list[Participant] = []
"""In the order of the layers, lowest first."""


def register(participant: Participant) -> None:
    """Called from `AppConfig.ready`."""
    PARTICIPANTS.append(participant)
