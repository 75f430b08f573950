"""The one statement of live events."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from scopchat.events.wire import CHANNEL


def notify(payloads: Iterable[str]) -> None:
    """Sends each payload to everyone who listens, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", [CHANNEL, list(payloads)])
