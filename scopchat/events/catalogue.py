"""Every live event there is: compact notices that something changed, never its content."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class InteractionChange:
    """One interaction that changed, with what decides who may see it."""

    interaction_id: int
    channel_id: int
    queue_id: int | None
    assignee_id: int | None
    also: int | None = None
    """A person who saw it before and may not any more, who has to see it go."""


class Part(Enum):
    """What looks different than before."""

    BOTH = "b"
    ROW = "r"
    """Only the row in lists: something was read."""
    THREAD = "t"
    """Only the thread: delivery marks, a photo."""
    ARRIVAL = "i"
    """Both, as customers wrote."""


@dataclass(frozen=True, slots=True)
class InteractionsChanged:
    """Interactions of one company changed."""

    company_id: int
    changes: tuple[InteractionChange, ...]
    part: Part = Part.BOTH


@dataclass(frozen=True, slots=True)
class SimulatorChanged:
    """A toy phone of the company's simulator has something new."""

    company_id: int


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """What these people may see, or whether they are signed in, may have changed."""

    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """What colleagues see of the availability of some of a company's people."""

    company_id: int
    people: tuple[tuple[int, str], ...]
    """Each with the presence they have now."""


Event = InteractionsChanged | SimulatorChanged | AccessChanged | PresenceChanged
