"""The pages of contacts: who edits, finding one, deleting one and bringing it back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.contacts import labelling, services, undoing, views
from scopchat.contacts.models import Contact, Label
from scopchat.contacts.services import Particulars
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in

NOW = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
JULIE = {"phone": "514 555-0142", "name": "Julie Tremblay", "business": "Boulangerie du Parc", "email": ""}
NAMES = ("Élise Robitaille", "Fatou Diallo", "Marc Bouchard", "Zoé Roy", "adèle Caron")


def add(cast: Cast, *names: str) -> list[Contact]:
    with scope(company=cast.client):
        return [
            services.add_contact(
                company=cast.client, phone=f"+1514555{place:04d}", particulars=Particulars(name=name), now=NOW
            )
            for place, name in enumerate(names, 100)
        ]


def shown(user: User, query: str = "", **more: Any) -> list[str]:
    html = signed_in(user).get(f"/contacts/{query}", **more).text
    return [unescape(name) for name in re.findall(r'user-words">\s*(?:<a [^>]*>)?\s*<bdi>(.*?)</bdi>', html)]


def test_one_is_added_changed_and_deleted(cast: Cast) -> None:
    browser = signed_in(cast.manager)
    assert browser.post("/contacts/add/", JULIE).status_code == 302
    with scope(company=cast.client):
        one = Contact.objects.get()
    assert (one.number, one.name) == ("+15145550142", "Julie Tremblay")
    assert 'value="514 555-0142"' in browser.get(f"/contacts/{one.pk}/").text
    assert browser.post(f"/contacts/{one.pk}/", {**JULIE, "name": "Julie Roy"}).status_code == 302
    assert shown(cast.manager) == ["Julie Roy"]
    assert browser.post(f"/contacts/{one.pk}/delete/").status_code == 302
    assert shown(cast.manager) == []
    assert browser.get(f"/contacts/{one.pk}/").status_code == 404


def test_it_says_who_has_the_number_already(cast: Cast) -> None:
    browser = signed_in(cast.manager)
    browser.post("/contacts/add/", JULIE)
    response = browser.post("/contacts/add/", {**JULIE, "name": "Une autre"})
    assert (response.status_code, "Un autre contact a ce numéro." in response.text) == (422, True)
    one, other = add(cast, "Marc", "Zoé")
    response = browser.post(f"/contacts/{one.pk}/", {**JULIE, "phone": other.number})
    assert "Un autre contact a ce numéro." in response.text


@pytest.mark.parametrize("changes", [{"phone": "12"}, {"phone": "1" * 5_000}, {"name": ""}, {"name": "é" * 10_000}])
def test_what_cannot_be_is_refused(cast: Cast, changes: dict[str, str]) -> None:
    response = signed_in(cast.manager).post("/contacts/add/", {**JULIE, **changes})
    assert (response.status_code, "is-invalid" in response.text) == (422, True)


def test_an_agent_looks_and_changes_nothing(cast: Cast) -> None:
    (one,) = add(cast, "Julie Tremblay")
    browser = signed_in(cast.agent)
    assert shown(cast.agent) == ["Julie Tremblay"]
    html = browser.get("/contacts/").text
    assert not [part for part in ("contacts/add", f"contacts/{one.pk}", "messages/new") if part in html]
    assert browser.post(f"/contacts/{one.pk}/delete/").status_code == 403


def test_the_list_goes_by_name_without_regard_to_accents_and_capitals(cast: Cast) -> None:
    add(cast, *NAMES)
    assert shown(cast.admin) == ["adèle Caron", "Élise Robitaille", "Fatou Diallo", "Marc Bouchard", "Zoé Roy"]


def test_the_list_goes_on_where_it_ended(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    add(cast, *NAMES)
    seen, query = shown(cast.admin), ""
    browser = signed_in(cast.admin)
    html = browser.get("/contacts/").text
    while found := re.search(r'"after":"([^"]+)"', html):
        query = f"?after={found[1]}"
        html = browser.get(f"/contacts/{query}", headers=FRAGMENT).text
        seen += shown(cast.admin, query, headers=FRAGMENT)
    assert seen == ["adèle Caron", "Élise Robitaille", "Fatou Diallo", "Marc Bouchard", "Zoé Roy"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("elise", ["Élise Robitaille"]), ("514 555-0101", ["Fatou Diallo"]), ("xyz", []), ("é" * 500, [])],
)
def test_one_is_found_by_name_and_number(cast: Cast, typed: str, found: list[str]) -> None:
    add(cast, *NAMES)
    # What is longer than any name narrows nothing.
    assert shown(cast.admin, f"?q={typed}") == (found if len(typed) <= 100 else shown(cast.admin))


def test_the_list_is_narrowed_to_a_label(cast: Cast) -> None:
    _one, other = add(cast, "Julie", "Marc")
    with scope(company=cast.client):
        label = labelling.add_label(company=cast.client, name="Fidèle")
        labelling.set_labels(contact=other, labels=[label], now=NOW)
    assert shown(cast.admin, f"?label={label.pk}") == ["Marc"]
    assert shown(cast.admin, "?label=x") == ["Julie", "Marc"]


def test_labels_are_chosen_on_the_form(cast: Cast) -> None:
    with scope(company=cast.client):
        label = labelling.add_label(company=cast.client, name="Fidèle")
    with scope(company=cast.outsider):
        theirs = labelling.add_label(company=cast.outsider, name="Ailleurs")
    browser = signed_in(cast.manager)
    assert browser.post("/contacts/add/", {**JULIE, "labels": [theirs.pk]}).status_code == 422
    assert browser.post("/contacts/add/", {**JULIE, "labels": [label.pk]}).status_code == 302
    with scope(company=cast.client):
        one = Contact.objects.get()
        assert [*one.labels.all()] == [label]
    browser.post(f"/contacts/{one.pk}/", JULIE)
    with scope(company=cast.client):
        assert not one.labels.exists()


def deleted(cast: Cast, contact: Contact) -> str:
    """The token of the notice."""
    html = signed_in(cast.manager).post(f"/contacts/{contact.pk}/delete/", headers=FRAGMENT).text
    found = re.search(r'"token":"([^"]+)"', html)
    assert found is not None
    return found[1]


def test_who_deleted_one_brings_it_back(cast: Cast) -> None:
    (one,) = add(cast, "Julie Tremblay")
    token = deleted(cast, one)
    assert shown(cast.admin) == []
    assert signed_in(cast.admin).post("/contacts/bring-back/", {"token": token}, headers=FRAGMENT).status_code == 409
    answer = signed_in(cast.manager).post("/contacts/bring-back/", {"token": token}, headers=FRAGMENT)
    assert (answer.status_code, answer["HX-Refresh"]) == (200, "true")
    assert shown(cast.admin) == ["Julie Tremblay"]
    again = signed_in(cast.manager).post("/contacts/bring-back/", {"token": token}, headers=FRAGMENT)
    assert again.status_code == 409


def test_undoing_is_offered_for_a_while(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = add(cast, "Julie Tremblay")
    token = deleted(cast, one)
    monkeypatch.setattr(undoing, "UNDO_SECONDS", -1)
    answer = signed_in(cast.manager).post("/contacts/bring-back/", {"token": token}, headers=FRAGMENT)
    assert (answer.status_code, "Il est trop tard pour annuler." in answer.text) == (409, True)


def test_a_message_is_begun_with_the_number(cast: Cast) -> None:
    add(cast, "Julie Tremblay")
    browser = signed_in(cast.admin)
    found = re.search(r'hx-get="(/c/\d+/messages/new/\?phone=[^"]+)"', browser.get("/contacts/").text)
    assert found is not None
    assert 'value="514 555-0100"' in browser.get(found[1], headers=FRAGMENT).text


def test_labels_have_a_page(cast: Cast) -> None:
    browser = signed_in(cast.manager)
    assert browser.post("/contacts/labels/", {"name": "Fidèle"}).status_code == 302
    assert "Fidèle" in browser.get("/contacts/labels/").text
    again = browser.post("/contacts/labels/", {"name": "fidèle"})
    assert (again.status_code, "existe déjà" in again.text) == (422, True)
    with scope(company=cast.client):
        label = Label.objects.get()
    assert browser.post(f"/contacts/labels/{label.pk}/remove/").status_code == 302
    with scope(company=cast.client):
        assert not Label.objects.exists()


@pytest.mark.parametrize("many", [1, 20])
def test_it_asks_the_database_the_same_whatever_the_length(
    cast: Cast, many: int, django_assert_num_queries: Any
) -> None:
    add(cast, *[f"Cliente {place}" for place in range(many)])
    browser = signed_in(cast.admin)
    # Session, person with company; labels, lists, contacts, what they are in; whether the menu shows the simulator.
    with django_assert_num_queries(8):
        browser.get("/contacts/")
