"""Who is meant by what was typed to sign in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower

from scopchat.accounts.models import User


def person_called(login: str) -> User | None:
    """The person with this e-mail address, else with this username, in any case.

    The address goes first: nobody shuts another person out by taking their address as a username.
    """
    wanted = login.strip().lower()
    if not wanted:
        return None
    people = User.objects.select_related("company").alias(by_email=Lower("email"), by_username=Lower("username"))
    # Unique indexes `user_email_once` and `user_username_once`: two rows at the most.
    found: list[User] = list(people.filter(Q(by_email=wanted) | Q(by_username=wanted)))
    return next((one for one in found if one.email.lower() == wanted), found[0] if found else None)


def login_of(credentials: Mapping[str, Any]) -> str:
    """What was typed as username or e-mail, of the credentials that allauth makes of it."""
    return str(credentials.get("username") or credentials.get("email") or "")
