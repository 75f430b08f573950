"""The company's people as the list shows them."""

from __future__ import annotations

from django.db import models

from scopchat.accounts.models import User
from scopchat.accounts.services import everyone_of
from scopchat.common.keyset import Page, SearchCursor, page_by_search
from scopchat.tenancy.models import Company

PAGE = 50


def page_of(company: Company, *, text: str, role: str, state: str, after: SearchCursor | None = None) -> Page[User]:
    """Some people by name: active ones unless `state` says "disabled" or "all"."""
    found = everyone_of(company).mentioning(text)
    if state != "all":
        found = found.filter(is_active=state != "disabled")
    if role:
        found = found.filter(role=role)
    return page_by_search(found.fetch_mode(models.FETCH_RAISE), after, size=PAGE)
