"""The company's people as the list shows them."""

from __future__ import annotations

from typing import NamedTuple

from django.db import models

from scopchat.accounts.models import User
from scopchat.accounts.services import everyone_of
from scopchat.common.folding import fold
from scopchat.tenancy.models import Company

PAGE = 50


class Page(NamedTuple):
    people: list[User]
    next_start: int
    """Where the next page begins; 0 after the last."""


def page_of(company: Company, *, text: str, role: str, state: str, start: int = 0) -> Page:
    """Some people by name: active ones unless `state` says "disabled" or "all".

    Names are compared here and not in the database, which cannot fold accents; a company's people are some thousands
    of short rows at the most.
    """
    found = everyone_of(company)
    if state != "all":
        found = found.filter(is_active=state != "disabled")
    if role:
        found = found.filter(role=role)
    words = fold(text).split()
    rows = [
        (fold(name), pk)
        for pk, name, username, email in found.values_list("pk", "display_name", "username", "email")
        if all(word in fold(f"{name} {username} {email}") for word in words)
    ]
    shown = [pk for _name, pk in sorted(rows)[start : start + PAGE]]
    people = everyone_of(company).fetch_mode(models.FETCH_RAISE).in_bulk(shown)
    return Page([people[pk] for pk in shown if pk in people], start + PAGE if len(rows) > start + PAGE else 0)
