"""Telling live pages what changed, once the change is on disk."""

from __future__ import annotations

from scopchat.events.catalogue import Event
from scopchat.events.queries import notify
from scopchat.events.wire import encode


def publish(event: Event) -> None:
    """Sends the event as a part of the running transaction: when it commits, and only then. At once outside one."""
    notify(tuple(encode(event)))
