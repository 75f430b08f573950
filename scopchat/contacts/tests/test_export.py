"""Contacts are taken away in the columns in which they come in."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django_scopes import scope
from pytest_django import Settings

from scopchat.accounts.models import User
from scopchat.contacts.labelling import add_label, set_labels
from scopchat.contacts.models import Contact, ContactNote
from scopchat.contacts.services import Particulars, add_contact, add_note
from scopchat.exports import files, running
from scopchat.exports.models import Export
from tests.cast import Cast
from tests.people import signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def files_of_their_own(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def taken_away(cast: Cast, export: Export) -> list[list[str]]:
    """The lines of the file, once its job has run."""
    run = running.begin(cast.client.pk, export.pk, now=NOW)
    assert run is not None
    while run.step(now=NOW):
        pass
    text = b"".join(files.pieces(export.pk)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def asked(cast: Cast, person: User, **filters: str) -> Export:
    response = signed_in(person).post("/contacts/export/", filters)
    assert response.status_code == 302
    with scope(company=cast.client):
        found: Export = Export.objects.get()
    return found


def test_what_the_filter_finds_is_taken_away(cast: Cast) -> None:
    with scope(company=cast.client):
        label = add_label(company=cast.client, name="VIP")
        for place, name in enumerate(("Élodie Roy", "=1+1", "Paul")):
            particulars = Particulars(name=name, business="Roy", email="")
            contact = add_contact(
                company=cast.client, phone=f"514555010{place}", particulars=particulars, acting=cast.admin, now=NOW
            )
            set_labels(contact=contact, labels=[label] if place < 2 else [], now=NOW)
        first = Contact.objects.get(number="+15145550100")
        ContactNote.objects.create(company=cast.client, contact=first, text="Du fichier", written_at=NOW)
        add_note(contact=first, text="D’une collègue", acting=cast.agent, now=NOW)
    lines = taken_away(cast, asked(cast, cast.admin, label=str(label.pk)))
    assert lines[0][:5] == ["SMS_NUMBER", "FULLNAME", "BUSINESS", "EMAIL", "NOTES"]
    assert lines[1] == ["'+15145550100", "Élodie Roy", "Roy", "", "Du fichier", "VIP", ""]
    # What a spreadsheet would reckon with is text.
    assert lines[2][1] == "'=1+1"
    assert len(lines) == 3


def test_who_only_looks_at_contacts_takes_none_away(cast: Cast) -> None:
    assert signed_in(cast.agent).post("/contacts/export/").status_code == 403
