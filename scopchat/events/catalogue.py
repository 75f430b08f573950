"""Every live event there is: compact notices that something changed, never its content."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InteractionChange:
    """One interaction that changed, with what decides who may see it."""

    interaction_id: int
    channel_id: int
    queue_id: int | None
    assignee_id: int | None
    also: int | None = None
    """A person who saw it before and may not any more, who has to see it go."""


@dataclass(frozen=True, slots=True)
class InteractionsChanged:
    """Interactions of one company changed; pages showing them fetch them anew."""

    company_id: int
    changes: tuple[InteractionChange, ...]
    marks_only: bool = False
    """Only delivery marks in their threads changed: lists show the same as before."""


@dataclass(frozen=True, slots=True)
class SimulatorChanged:
    """A toy phone of the company's simulator has something new."""

    company_id: int


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """What these people may see, or whether they are signed in, may have changed."""

    people: tuple[int, ...]


Event = InteractionsChanged | SimulatorChanged | AccessChanged
