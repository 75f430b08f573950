"""How large a request may be: by who sends it, and where to."""

from __future__ import annotations

from typing import Any

from django.urls import Resolver404, resolve

from scopchat.accounts.roles import Permission
from scopchat.config.pages import STRANGERS_BYTES
from scopchat.contacts.importing.services import MAX_BYTES as FILE_BYTES
from scopchat.tenancy.addresses import place_of
from scopchat.web.live.viewer import person_of

PEOPLES_BYTES = 10_000_000
"""Of somebody who is signed in."""
AROUND_FILE_BYTES = 100_000
"""What a form has beside its file."""


def most_bytes(scope: Any) -> int:
    """What the request (an ASGI scope) may have at most; reads the database."""
    found = person_of(scope)
    if found is None:
        return STRANGERS_BYTES
    person, _company = found
    if _is_for_files(place_of(scope["path"]).path) and person.may(Permission.EDIT_CONTACTS):
        return FILE_BYTES + AROUND_FILE_BYTES
    return PEOPLES_BYTES


def _is_for_files(path: str) -> bool:
    """Whether files of contacts are brought there."""
    try:
        return resolve(path).view_name in {"contacts:import_file", "contacts:import_into"}
    except Resolver404:
        return False
