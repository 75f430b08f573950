"""Filling an empty installation with the demo, on a loopback address only: its password is published."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from scopchat.accounts.models import User
from scopchat.ops import demo
from scopchat.ops.installation import CannotStart
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.models import Company

PASSWORD = "bonjour-scopchat"  # noqa: S105  published on purpose, hence the loopback rule
DEMO_USERNAMES = ("amelie", "karim", "sophie", "linh", "marc", "paul", "operateur")


def seed() -> str:
    """Makes the demo unless the installation has an operator; returns what to tell. Raises `CannotStart`."""
    if not _on_loopback():
        raise CannotStart(
            "Demo accounts have a published password and are only made on a loopback address, "
            f"not at {settings.PUBLIC_URL}."
        )
    if not _has_operator():
        _fill()
    return logins() or "The installation has its own companies; nothing was added.\n"


def at_first_start() -> str:
    """As `seed`, but silent where the demo does not belong."""
    if _on_loopback() and not _has_operator():
        _fill()
    return logins() if _on_loopback() else ""


def logins() -> str:
    """What to tell about the demo accounts that are still there; empty when there are none."""
    people = {person.username: person for person in User.objects.filter(username__in=DEMO_USERNAMES, is_active=True)}
    rows = [people[name] for name in DEMO_USERNAMES if name in people and people[name].email == f"{name}@exemple.test"]
    if not rows:
        return ""
    lines = [f"  {person.username:<10} {person.display_name}, {person.role.replace('_', ' ')}" for person in rows]
    return "\n".join([f"Demo accounts, password {PASSWORD}", *lines, ""])


def _fill() -> None:
    demo.create(password=PASSWORD)


def _has_operator() -> bool:
    return Company.objects.filter(kind=Kind.OPERATOR).exists()


def _on_loopback() -> bool:
    return urlsplit(settings.PUBLIC_URL).hostname in {"127.0.0.1", "localhost", "::1"}
