"""What live pages would have been told: the fixture `heard` of every test."""

from __future__ import annotations

from collections.abc import Iterable

from scopchat.events.catalogue import Event
from scopchat.events.wire import decode


class Heard:
    """Every event published during a test, as it arrives."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def notify(self, payloads: Iterable[str]) -> None:
        self.events += map(decode, payloads)

    def of[E](self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def clear(self) -> None:
        self.events.clear()
