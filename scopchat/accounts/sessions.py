"""Sessions in the database, read by one plain statement: every request of a signed-in person begins with it."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db

from scopchat.accounts import queries
from scopchat.common.clock import utc_now


class SessionStore(db.SessionStore):
    """Django's, but for how a session is read."""

    def load(self) -> dict[str, Any]:
        """The session's content; empty, and without a key, when there is none or it has expired."""
        stored = queries.session_content(self.session_key or "", now=utc_now())
        if stored is None:
            self._session_key = None
            return {}
        content: dict[str, Any] = self.decode(stored)
        return content
