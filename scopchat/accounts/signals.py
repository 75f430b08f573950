"""News of people for the domains above, sent in the running transaction, whatever company is in scope, or none."""

from __future__ import annotations

from dataclasses import dataclass

from django.dispatch import Signal

presences_changed = Signal()
"""Sent with `changes`, a sequence of `PresenceChange`."""


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """What a person shows to others from now on."""

    company_id: int
    person_id: int
    presence: str
