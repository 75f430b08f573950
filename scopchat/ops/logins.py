"""The demo's accounts as the terminal tells of them, read without Django: `scopchat up` starts faster without it."""

from __future__ import annotations

import gettext
import os
from typing import Any

from scopchat.ops.installation import BASE_DIR

PASSWORD = "bonjour-scopchat"  # noqa: S105  published on purpose, hence the loopback rule of `seed`
USERNAMES = ("amelie", "karim", "sophie", "linh", "marc", "paul", "claire", "operateur")

ROLES = {
    "system_admin": "System administrator",
    "reseller_admin": "Reseller administrator",
    "company_admin": "Company administrator",
    "manager": "Manager",
    "agent": "Agent",
    "user": "User",
}
"""The roles as pages name them, in English: what translations go by."""

# Somebody who renamed a demo account, or took its e-mail address, made it their own.
_THERE = """
SELECT username, display_name, role FROM accounts_user
WHERE username = ANY(%s) AND is_active AND email = username || '@exemple.test'
ORDER BY array_position(%s, username::text)
"""


def told(cursor: Any) -> str:
    """What to tell about the demo accounts that are still there; empty when there are none."""
    cursor.execute(_THERE, [list(USERNAMES), list(USERNAMES)])
    words = gettext.translation("django", BASE_DIR / "locale", [_language()], fallback=True)
    lines = [f"  {username:<10} {name}, {words.gettext(ROLES[role])}" for username, name, role in cursor.fetchall()]
    return "\n".join([f"Demo accounts, password {PASSWORD}", *lines, ""]) if lines else ""


def _language() -> str:
    """The terminal's, as the C library looks for it."""
    found = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, found), "en").partition("_")[0]
