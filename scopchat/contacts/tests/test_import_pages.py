"""The pages by which a file of contacts comes in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django_scopes import scope

from scopchat.common.clock import utc_now
from scopchat.common.refusals import TOO_LARGE
from scopchat.contacts.company_lifecycle import Imports
from scopchat.contacts.importing import services
from scopchat.contacts.importing.running import begin
from scopchat.contacts.models import Contact, ContactImport, ContactList
from scopchat.contacts.tests.made import made_import
from tests.cast import Cast
from tests.people import FRAGMENT, Browser, signed_in

LINES = "n,f\n514 555-0101,Julie\n514 555-014,Marc\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    """Files go to a folder of the test's."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "imports"


def bring(browser: Browser, text: str = LINES, address: str = "/contacts/import/") -> HttpResponse:
    return browser.post(address, {"file": SimpleUploadedFile("clients.csv", text.encode())})


def latest(cast: Cast) -> ContactImport:
    with scope(company=cast.client):
        found: ContactImport = ContactImport.objects.select_related("company", "person", "onto").latest("pk")
        return found


def run(one: ContactImport) -> None:
    """What the job of its state does."""
    found = begin(one.company_id, one.pk, now=utc_now())
    while found and found.step(now=utc_now()):
        pass


def page(browser: Browser, one: ContactImport, **headers: Any) -> str:
    return browser.get(f"/contacts/import/{one.pk}/", **headers).content.decode()


def test_a_file_is_chosen_looked_at_and_saved(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    assert 'href="/c/' in browser.get("/contacts/").content.decode()
    answer = bring(browser)
    one = latest(cast)
    assert answer["Location"] == f"/c/{cast.client.pk}/contacts/import/{one.pk}/"
    assert 'hx-trigger="every 1s"' in page(browser, one)
    assert browser.get("/contacts/import/")["Location"] == answer["Location"]

    run(one)
    shown = page(browser, one, headers=FRAGMENT)
    assert "hx-trigger" not in shown
    assert "<html" not in shown
    assert "Ce numéro ne peut pas exister." in shown
    assert "514 555-014" in shown
    with scope(company=cast.client):
        assert not Contact.objects.exists()

    browser.post(f"/contacts/import/{one.pk}/save/")
    assert "0 sur 1" in page(browser, one)
    run(one)
    assert "1 contact ajouté" in page(browser, one)
    with scope(company=cast.client):
        assert Contact.objects.get().name == "Julie"


def test_the_refused_lines_are_a_file_that_can_be_brought_once_mended(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    bring(browser)
    run(latest(cast))
    answer = browser.get(f"/contacts/import/{latest(cast).pk}/refused/")
    text = b"".join(answer.streaming_content).decode()
    assert text.splitlines()[1] == "514 555-014,Marc,,,,Ce numéro ne peut pas exister.,3"
    assert answer["Content-Disposition"].endswith("clients%20-%20lignes%20refus%C3%A9es.csv")
    bring(browser, text.replace("555-014,", "555-0142,"))
    run(latest(cast))
    assert (latest(cast).new, latest(cast).invalid) == (1, 0)


def test_its_contacts_go_onto_the_list_that_the_address_names(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    with scope(company=cast.client):
        onto = ContactList.objects.create(company=cast.client, name="Vaccin 2026", created_at=utc_now())
    address = f"/contacts/lists/{onto.pk}/import/"
    assert browser.get(f"/contacts/import/?list={onto.pk}")["Location"].endswith(address)
    assert "Importer dans <bdi>Vaccin 2026</bdi>" in browser.get(address).content.decode()
    bring(browser, address=address)
    assert latest(cast).onto == onto


@pytest.mark.parametrize("asked", ["", "x", "-1", "9" * 30, "999999"])
def test_a_list_that_is_not_there_is_not_found(cast: Cast, asked: str) -> None:
    assert signed_in(cast.admin).get(f"/contacts/import/?list={asked}").status_code == 404


@pytest.mark.parametrize("who", ["manager", "outsider_admin", "operator_admin"])
def test_others_do_not_find_it(cast: Cast, who: str) -> None:
    one = made_import(cast.client, cast.admin)
    browser = signed_in(getattr(cast, who))
    if who == "operator_admin":
        browser.look_at(cast.client)
    assert browser.get(f"/contacts/import/{one.pk}/").status_code == 404
    assert browser.get(f"/contacts/import/{one.pk}/refused/").status_code == 404
    for act in ("save", "give-up"):
        assert browser.post(f"/contacts/import/{one.pk}/{act}/").status_code == 404
    assert "patients.csv" not in browser.get("/contacts/import/").content.decode()
    assert latest(cast).state == "ready"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({}, "Choisissez un fichier."),
        ({"file": SimpleUploadedFile("x.csv", b"")}, "Ce fichier est vide."),
    ],
)
def test_no_file_is_said_beside_the_field(cast: Cast, file: Any, words: str) -> None:
    answer = signed_in(cast.admin).post("/contacts/import/", file)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_what_is_refused_is_said_beside_the_field(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made_import(cast.client, cast.manager, state="saving")
    answer = bring(signed_in(cast.admin))
    assert (answer.status_code, latest(cast).person) == (422, cast.manager)
    assert "Un fichier de votre société est en cours d’importation." in answer.content.decode()
    monkeypatch.setattr(services, "MAX_BYTES", 10)
    assert "Le fichier dépasse 200 Mo." in bring(signed_in(cast.outsider_admin)).content.decode()


def test_what_changed_before_it_was_saved_is_said_on_the_page(cast: Cast) -> None:
    browser, one = signed_in(cast.admin), made_import(cast.client, cast.admin, state="cancelled")
    answer = browser.post(f"/contacts/import/{one.pk}/save/", follow=True)
    assert "a changé entre-temps" in answer.content.decode()
    other = made_import(cast.client, cast.admin)
    made_import(cast.client, cast.manager, state="reading")
    answer = browser.post(f"/contacts/import/{other.pk}/save/", follow=True)
    assert "Un fichier de votre société est en cours d’importation." in answer.content.decode()


def test_cancelled_it_says_that_nothing_was_saved(cast: Cast, folder: Path) -> None:
    browser, one = signed_in(cast.admin), made_import(cast.client, cast.admin)
    answer = browser.post(f"/contacts/import/{one.pk}/give-up/", follow=True)
    assert "Rien n’a été enregistré." in answer.content.decode()
    assert latest(cast).state == "cancelled"


def test_another_file_takes_the_place_of_the_one_that_waits(cast: Cast) -> None:
    browser, one = signed_in(cast.admin), made_import(cast.client, cast.admin)
    theirs = made_import(cast.client, cast.manager)
    assert f"/contacts/import/{one.pk}/" in browser.get("/contacts/import/").content.decode()
    bring(browser)
    with scope(company=cast.client):
        states = dict(ContactImport.objects.values_list("pk", "state"))
    assert (states[one.pk], states[theirs.pk]) == ("cancelled", "ready")


def test_a_file_that_failed_says_why(cast: Cast) -> None:
    one = made_import(cast.client, cast.admin, state="failed", trouble="not_csv", invalid=0)
    shown = page(signed_in(cast.admin), one)
    assert "Ce n’est pas un fichier CSV." in shown
    assert "Rien n’a été enregistré." in shown


def test_the_files_of_a_company_that_is_put_away_are_gone(
    cast: Cast, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    made_import(cast.client, cast.admin, state="saving")
    other = made_import(cast.outsider, cast.outsider_admin)
    with scope(company=cast.client), django_capture_on_commit_callbacks(execute=True):
        Imports().remove(cast.client, now=utc_now())
    assert (latest(cast).state, latest(cast).has_files) == ("cancelled", False)
    assert {path.name.split(".")[0] for path in folder.iterdir()} == {str(other.pk)}


def test_what_was_too_large_is_said_on_a_page(cast: Cast) -> None:
    answer = signed_in(cast.admin).post("/contacts/import/", **{TOO_LARGE: 200_100_000})
    assert answer.status_code == 413
    assert "Au plus 200 Mo" in answer.content.decode()
