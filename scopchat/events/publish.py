"""Telling live pages what changed, once the change is on disk."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from scopchat.events.catalogue import Event
from scopchat.events.queries import notify
from scopchat.events.wire import encode


def publish(event: Event) -> None:
    """Sends the event after the running transaction commits, or at once outside one.

    A process that dies between the two sends nothing: pages find the change by their cursor when they next catch up.
    """
    transaction.on_commit(partial(notify, tuple(encode(event))))
