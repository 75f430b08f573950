"""How large a request may be."""

from __future__ import annotations

from typing import Any

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.config.pages import STRANGERS_BYTES
from scopchat.config.sizes import AROUND_FILE_BYTES, PEOPLES_BYTES, most_bytes
from scopchat.contacts.importing import services
from tests.cast import Cast
from tests.live import session_of


def asked_for(person: User | None, path: str) -> dict[str, Any]:
    cookie = f"sessionid={session_of(person)}" if person else ""
    return {"path": path, "headers": [(b"cookie", cookie.encode())]}


def test_files_of_contacts_may_be_large_and_nothing_else(cast: Cast) -> None:
    path = f"/c/{cast.client.pk}/contacts/import/"
    into = f"/c/{cast.client.pk}/contacts/lists/1/import/"
    assert most_bytes(asked_for(None, path)) == STRANGERS_BYTES
    assert most_bytes(asked_for(cast.admin, path)) == services.MAX_BYTES + AROUND_FILE_BYTES
    assert most_bytes(asked_for(cast.admin, into)) == services.MAX_BYTES + AROUND_FILE_BYTES
    for other in ("contacts/", "nowhere/"):
        assert most_bytes(asked_for(cast.admin, f"/c/{cast.client.pk}/{other}")) == PEOPLES_BYTES
    User.objects.filter(pk=cast.admin.pk).update(role=Role.AGENT)
    assert most_bytes(asked_for(cast.admin, path)) == PEOPLES_BYTES
