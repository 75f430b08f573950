"""Sessions in the database, read by one plain statement: every request of a signed-in person begins with it.

The table is of no use to who reads a copy of it: the browser's key is stored as a digest, what the session holds
encrypted (a link for a new password that was followed, for example).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession

from scopchat.accounts import queries
from scopchat.common.clock import utc_now
from scopchat.common.crypto import Unreadable, decrypt_text, encrypt_text


def stored_key(key: str | None) -> str:
    """By which a session is found in the database: 160 bits of SHA-256, as keys are random and the column is short."""
    return hashlib.sha256((key or "").encode("utf-8", "replace")).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """Django's, but for what is stored and how it is read. `session_key` is the browser's."""

    def load(self) -> dict[str, Any]:
        """The session's content; empty, and without a key, when there is none or it has expired."""
        stored = queries.session_content(stored_key(self.session_key), now=utc_now()) if self.session_key else None
        if stored is None:
            self._session_key = None
            return {}
        return self.decode(stored)

    def exists(self, session_key: str) -> bool:
        return super().exists(stored_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        if session_key := session_key or self.session_key:
            super().delete(stored_key(session_key))

    def encode(self, session_dict: dict[str, Any]) -> str:
        return encrypt_text(json.dumps(session_dict, separators=(",", ":")))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Empty for what our keys cannot read: its person signs in again."""
        try:
            content: dict[str, Any] = json.loads(decrypt_text(str(session_data)))
        except Unreadable:
            return {}
        return content
