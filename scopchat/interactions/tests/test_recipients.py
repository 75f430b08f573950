"""To whom the new-message dialog offers to write: contacts, all or those on a list."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django_scopes import scope

from scopchat.contacts.listing import ListParticulars, add_list, delete_list, put_on_list
from scopchat.contacts.models import ContactList
from scopchat.contacts.services import Particulars, add_contact
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in

NOW = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)


@pytest.fixture
def listed(cast: Cast) -> ContactList:
    """A list with Julie on it, and not Fatou."""
    with scope(company=cast.client):
        found = add_list(company=cast.client, particulars=ListParticulars(name="Vaccin 2026"), now=NOW)
        for name, phone in (("Julie Tremblay", "514 555-0142"), ("Fatou Diallo", "450 555-0178")):
            contact = add_contact(company=cast.client, phone=phone, particulars=Particulars(name=name), now=NOW)
            if name.startswith("Julie"):
                put_on_list(listed=found, contact=contact, acting=None, now=NOW)
    return found


def offered(cast: Cast, typed: str, chosen: object) -> list[str]:
    html = signed_in(cast.admin).get("/messages/recipients/", {"phone": typed, "list": str(chosen)}).text
    return re.findall(r'data-fill="(.*?)"', html)


def test_a_list_narrows_them_and_offers_its_first_before_anything_is_typed(cast: Cast, listed: ContactList) -> None:
    chosen = listed.pk
    assert [offered(cast, typed, chosen) for typed in ("", "555", "diallo")] == [["514 555-0142"], ["514 555-0142"], []]
    for odd in ("", "x", "0", "9" * 30):
        assert (offered(cast, "diallo", odd), offered(cast, "", odd)) == (["450 555-0178"], [])


def test_the_dialog_offers_the_lists_there_are(cast: Cast, listed: ContactList) -> None:
    admin = signed_in(cast.admin)
    assert "Vaccin 2026" in admin.get("/messages/new/", headers=FRAGMENT).text
    with scope(company=cast.client):
        delete_list(listed=listed, acting=cast.admin, now=NOW)
    dialog = admin.get("/messages/new/", headers=FRAGMENT).text
    assert ("Vaccin 2026" in dialog, "Contacts d’une liste" in dialog) == (False, False)
    assert offered(cast, "diallo", listed.pk) == ["450 555-0178"]
