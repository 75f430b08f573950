"""How events travel over PostgreSQL's NOTIFY: JSON of less than 8,000 bytes a notice."""

from __future__ import annotations

import json
from collections.abc import Iterator

from scopchat.events.catalogue import (
    AccessChanged,
    Event,
    InteractionChange,
    InteractionsChanged,
    Part,
    PresenceChanged,
    SimulatorChanged,
)

CHANNEL = "scopchat_events"
CHANGES_PER_NOTICE = 75
"""A change is at most 102 bytes (five ids of 19 digits), so that this many stay under NOTIFY's limit."""
PEOPLE_PER_NOTICE = 350
PRESENCES_PER_NOTICE = 200
"""A presence is at most 32 bytes."""


def encode(event: Event) -> Iterator[str]:
    """The event as one or several payloads."""
    if isinstance(event, SimulatorChanged):
        yield json.dumps({"c": event.company_id, "k": "s"})
        return
    if isinstance(event, AccessChanged):
        for start in range(0, len(event.people), PEOPLE_PER_NOTICE):
            yield json.dumps({"k": "a", "p": event.people[start : start + PEOPLE_PER_NOTICE]}, separators=(",", ":"))
        return
    if isinstance(event, PresenceChanged):
        for start in range(0, len(event.people), PRESENCES_PER_NOTICE):
            people = event.people[start : start + PRESENCES_PER_NOTICE]
            yield json.dumps({"c": event.company_id, "k": "p", "r": people}, separators=(",", ":"))
        return
    for start in range(0, len(event.changes), CHANGES_PER_NOTICE):
        part = event.changes[start : start + CHANGES_PER_NOTICE]
        rows = [[c.interaction_id, c.channel_id, c.queue_id, c.assignee_id, c.also] for c in part]
        yield json.dumps({"c": event.company_id, "k": event.part.value, "r": rows}, separators=(",", ":"))


def decode(payload: str) -> Event:
    """The event of one payload."""
    notice = json.loads(payload)
    if notice["k"] == "s":
        return SimulatorChanged(notice["c"])
    if notice["k"] == "a":
        return AccessChanged(tuple(notice["p"]))
    if notice["k"] == "p":
        return PresenceChanged(notice["c"], tuple((pk, presence) for pk, presence in notice["r"]))
    changes = tuple(InteractionChange(*row) for row in notice["r"])
    return InteractionsChanged(notice["c"], changes, Part(notice["k"]))
