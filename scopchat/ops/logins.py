"""The demo's accounts as the terminal tells of them, read without Django: `scopchat up` starts faster without it."""

from __future__ import annotations

from typing import Any

PASSWORD = "bonjour-scopchat"  # noqa: S105  published on purpose, hence the loopback rule of `seed`
USERNAMES = ("amelie", "karim", "sophie", "linh", "marc", "paul", "operateur")

# Somebody who renamed a demo account, or took its e-mail address, made it their own.
_THERE = """
SELECT username, display_name, role FROM accounts_user
WHERE username = ANY(%s) AND is_active AND email = username || '@exemple.test'
ORDER BY array_position(%s, username::text)
"""


def told(cursor: Any) -> str:
    """What to tell about the demo accounts that are still there; empty when there are none."""
    cursor.execute(_THERE, [list(USERNAMES), list(USERNAMES)])
    lines = [f"  {username:<10} {name}, {role.replace('_', ' ')}" for username, name, role in cursor.fetchall()]
    return "\n".join([f"Demo accounts, password {PASSWORD}", *lines, ""]) if lines else ""
