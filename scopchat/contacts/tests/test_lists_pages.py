"""The pages of lists: making one, who is on it, adding and removing contacts, and undoing it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.contacts import listing, services, undoing, views_members
from scopchat.contacts.consent import Basis
from scopchat.contacts.listing import ListParticulars
from scopchat.contacts.models import Contact, ContactList
from scopchat.contacts.services import Particulars
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in

NOW = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
VACCINE = {
    "name": "Vaccin 2026",
    "description": "Patients admissibles",
    "consent_basis": "written",
    "consent_source": "Formulaire d’inscription",
    "consent_since": "2026-09-01",
}
NAMES = ("Élise Robitaille", "Fatou Diallo", "Marc Bouchard")


def a_list(cast: Cast, name: str = "Vaccin 2026") -> ContactList:
    with scope(company=cast.client):
        return listing.add_list(company=cast.client, particulars=ListParticulars(name=name), now=NOW)


def people(cast: Cast, *names: str, on: ContactList | None = None) -> list[Contact]:
    with scope(company=cast.client):
        made = [
            services.add_contact(
                company=cast.client, phone=f"+1514555{place:04d}", particulars=Particulars(name=name), now=NOW
            )
            for place, name in enumerate(names, 100)
        ]
        for one in made if on else ():
            listing.put_on_list(listed=on, contact=one, acting=None, now=NOW)  # type: ignore[arg-type]
    return made


def lists_of(cast: Cast, contact: Contact) -> list[str]:
    with scope(company=cast.client):
        return [str(one) for one in contact.lists.filter(deleted_at=None).order_by("name")]


def named(html: str) -> list[str]:
    """Whom the table shows."""
    return [unescape(name) for name in re.findall(r'user-words">\s*(?:<a [^>]*>)?\s*<bdi>(.*?)</bdi>', html)]


def shown(user: User, listed: ContactList, query: str = "", **more: Any) -> list[str]:
    return named(signed_in(user).get(f"/contacts/lists/{listed.pk}/{query}", **more).text)


def token_in(html: str) -> str:
    found = re.search(r'"token":"([^"]+)"', html)
    assert found is not None
    return found[1]


def test_one_is_made_changed_and_deleted(cast: Cast) -> None:
    browser = signed_in(cast.manager)
    made = browser.post("/contacts/lists/add/", VACCINE)
    with scope(company=cast.client):
        one = ContactList.objects.get()
    assert (made.status_code, made["Location"].endswith(f"/contacts/lists/{one.pk}/")) == (302, True)
    assert (one.consent_basis, one.consent_since) == (Basis.WRITTEN, date(2026, 9, 1))
    page = browser.get(f"/contacts/lists/{one.pk}/").text
    for words in ("Exprès, par écrit", "Formulaire d’inscription", "depuis le 1 septembre 2026", "0 membre"):
        assert words in page
    assert 'value="2026-09-01"' in browser.get(f"/contacts/lists/{one.pk}/edit/").text
    changed = browser.post(f"/contacts/lists/{one.pk}/edit/", {**VACCINE, "name": "Vaccin 2027", "consent_since": ""})
    assert changed.status_code == 302
    page = browser.get("/contacts/lists/").text
    assert ("Vaccin 2027" in page, "Vaccin 2026" in page) == (True, False)
    assert browser.post(f"/contacts/lists/{one.pk}/delete/").status_code == 302
    browser.get("/contacts/lists/")
    assert "Vaccin 2027" not in browser.get("/contacts/").text
    for gone in ("", "edit/", "candidates/"):
        assert browser.get(f"/contacts/lists/{one.pk}/{gone}").status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""}, {"name": "é" * 81}, {"description": "é" * 301}, {"consent_source": "é" * 301},
        {"consent_basis": "made up"}, {"consent_since": "2999-01-01"}, {"consent_since": "0001-01-01"},
        {"consent_since": "demain"}, {"name": "a\0b"},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_what_was_typed_stays(cast: Cast, changes: dict[str, str]) -> None:
    response = signed_in(cast.manager).post("/contacts/lists/add/", {**VACCINE, **changes})
    assert (response.status_code, "is-invalid" in response.text) == (422, True)
    kept = "Formulaire d’inscription" if "consent_source" not in changes else "Patients admissibles"
    assert f'value="{kept}"' in response.text


def test_it_says_that_the_name_is_there_already(cast: Cast) -> None:
    a_list(cast)
    response = signed_in(cast.manager).post("/contacts/lists/add/", {"name": "VACCIN 2026"})
    assert (response.status_code, "Une liste de ce nom existe déjà." in response.text) == (422, True)


def test_an_agent_looks_and_changes_nothing(cast: Cast) -> None:
    listed = a_list(cast)
    (one,) = people(cast, "Julie Tremblay", on=listed)
    browser = signed_in(cast.agent)
    assert shown(cast.agent, listed) == ["Julie Tremblay"]
    html = browser.get("/contacts/").text + browser.get("/contacts/lists/").text
    html += browser.get(f"/contacts/lists/{listed.pk}/").text
    assert not [
        part for part in ("lists/add", "/edit/", "/delete/", "/remove/", "candidates", "hx-post") if part in html
    ]
    assert browser.post(f"/contacts/lists/{listed.pk}/remove/{one.pk}/").status_code == 403


def test_who_deleted_one_brings_it_back_with_its_members(cast: Cast) -> None:
    listed = a_list(cast)
    people(cast, *NAMES, on=listed)
    token = token_in(signed_in(cast.manager).post(f"/contacts/lists/{listed.pk}/delete/", headers=FRAGMENT).text)
    undo = ("/contacts/lists/bring-back/", {"token": token})
    assert signed_in(cast.admin).post(*undo, headers=FRAGMENT).status_code == 409
    answer = signed_in(cast.manager).post(*undo, headers=FRAGMENT)
    assert (answer.status_code, answer["HX-Refresh"]) == (200, "true")
    assert shown(cast.manager, listed) == [*NAMES]
    assert signed_in(cast.manager).post(*undo, headers=FRAGMENT).status_code == 409


def test_the_undo_of_one_thing_undoes_no_other(cast: Cast) -> None:
    listed = a_list(cast)
    (one,) = people(cast, "Julie Tremblay", on=listed)
    browser = signed_in(cast.manager)
    token = token_in(browser.post(f"/contacts/{one.pk}/delete/", headers=FRAGMENT).text)
    for other in ("lists/bring-back", "lists/put-back"):
        assert browser.post(f"/contacts/{other}/", {"token": token}, headers=FRAGMENT).status_code == 409


def test_contacts_are_offered_and_put_on_the_list(cast: Cast) -> None:
    listed = a_list(cast)
    elise, fatou, _marc = people(cast, *NAMES)
    browser, address = signed_in(cast.manager), f"/contacts/lists/{listed.pk}"
    offered = re.findall(r'id="candidate-(\d+)"', browser.get(f"{address}/candidates/?typed=elise").text)
    assert offered == [str(elise.pk)]
    answer = browser.post(f"{address}/add/{elise.pk}/", headers=FRAGMENT).text
    assert ("Dans la liste" in answer, named(answer), "1 membre" in answer) == (True, ["Élise Robitaille"], True)
    # The table stays as it is narrowed.
    answer = browser.post(f"{address}/add/{fatou.pk}/", {"q": "elise"}, headers=FRAGMENT).text
    assert (named(answer), "2 membres" in answer) == (["Élise Robitaille"], True)
    first = browser.get(f"{address}/candidates/").text
    assert ("Marc Bouchard" in first, "Fatou Diallo" in first) == (True, False)
    typed = browser.get(f"{address}/candidates/?typed=514 555-0101").text
    assert ("Fatou Diallo" in typed, "Dans la liste" in typed) == (True, True)


@pytest.mark.parametrize("typed", ["xyz", "a\0b", "é" * 500, "%", "\\"])
def test_odd_words_find_nobody_or_narrow_nothing(cast: Cast, typed: str) -> None:
    listed = a_list(cast)
    people(cast, *NAMES, on=listed)
    browser = signed_in(cast.manager)
    for address in (f"/contacts/lists/{listed.pk}/candidates/", f"/contacts/lists/{listed.pk}/"):
        assert browser.get(address, {"typed": typed, "q": typed}).status_code == 200


def test_who_is_taken_off_is_put_back(cast: Cast) -> None:
    listed = a_list(cast)
    _elise, fatou, _marc = people(cast, *NAMES, on=listed)
    browser = signed_in(cast.manager)
    answer = browser.post(f"/contacts/lists/{listed.pk}/remove/{fatou.pk}/", headers=FRAGMENT).text
    assert ("2 membres" in answer, shown(cast.manager, listed)) == (True, ["Élise Robitaille", "Marc Bouchard"])
    undo = ("/contacts/lists/put-back/", {"token": token_in(answer)})
    assert signed_in(cast.admin).post(*undo, headers=FRAGMENT).status_code == 409
    assert browser.post(*undo, headers=FRAGMENT)["HX-Refresh"] == "true"
    assert shown(cast.manager, listed) == [*NAMES]


def test_undoing_is_offered_for_a_while(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = a_list(cast)
    (one,) = people(cast, "Julie Tremblay", on=listed)
    browser = signed_in(cast.manager)
    token = token_in(browser.post(f"/contacts/lists/{listed.pk}/remove/{one.pk}/", headers=FRAGMENT).text)
    monkeypatch.setattr(undoing, "UNDO_SECONDS", -1)
    answer = browser.post("/contacts/lists/put-back/", {"token": token}, headers=FRAGMENT)
    assert (answer.status_code, "Il est trop tard pour annuler." in answer.text) == (409, True)


def test_the_members_go_on_where_they_ended(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_members, "PAGE", 2)
    listed = a_list(cast)
    people(cast, *NAMES, "Zoé Roy", "adèle Caron", on=listed)
    people(cast)
    seen, query = list[str](), ""
    while True:
        html = signed_in(cast.admin).get(f"/contacts/lists/{listed.pk}/{query}", headers=FRAGMENT).text
        seen += named(html)
        if not (found := re.search(r'"after":"([^"]+)"', html)):
            break
        query = f"?after={found[1]}"
    assert seen == ["adèle Caron", *NAMES, "Zoé Roy"]


def test_the_folder_ticks_and_unticks_a_list(cast: Cast) -> None:
    listed, other = a_list(cast), a_list(cast, "Aînés 65+")
    (one,) = people(cast, "Julie Tremblay")
    browser, box = signed_in(cast.manager), f"/contacts/%d/lists/{listed.pk}/"
    assert "checked" not in browser.get(f"/contacts/{one.pk}/lists/").text
    for _twice in range(2):
        answer = browser.post(box % one.pk, {"on": "on"}, headers=FRAGMENT).text
        assert ("1 liste" in answer, lists_of(cast, one)) == (True, ["Vaccin 2026"])
    menu = browser.get(f"/contacts/{one.pk}/lists/").text
    assert (menu.count("checked"), "Aînés 65+" in menu) == (1, True)
    assert browser.get("/contacts/").text.count("1 liste<") == 1
    browser.post(box % one.pk, headers=FRAGMENT)
    assert lists_of(cast, one) == []
    with scope(company=cast.client):
        listing.delete_list(listed=other, acting=cast.admin, now=NOW)
    assert "Aînés 65+" not in browser.get(f"/contacts/{one.pk}/lists/").text


def test_lists_are_chosen_on_the_contacts_form(cast: Cast) -> None:
    listed, other = a_list(cast), a_list(cast, "Aînés 65+")
    (one,) = people(cast, "Julie Tremblay", on=listed)
    browser = signed_in(cast.manager)
    assert browser.get(f"/contacts/{one.pk}/").text.count("checked") == 1
    typed = {"phone": one.number, "name": "Julie Tremblay", "lists": [other.pk]}
    assert browser.post(f"/contacts/{one.pk}/", typed).status_code == 302
    assert lists_of(cast, one) == ["Aînés 65+"]


def test_contacts_are_narrowed_to_a_list(cast: Cast) -> None:
    listed = a_list(cast)
    _elise, fatou, _marc = people(cast, *NAMES)
    with scope(company=cast.client):
        listing.put_on_list(listed=listed, contact=fatou, acting=None, now=NOW)
    browser = signed_in(cast.agent)
    assert named(browser.get(f"/contacts/?list={listed.pk}").text) == ["Fatou Diallo"]
    assert named(browser.get("/contacts/?list=x").text) == [*NAMES]


@pytest.mark.parametrize("many", [1, 20])
def test_they_ask_the_database_the_same_whatever_the_length(
    cast: Cast, many: int, django_assert_num_queries: Any
) -> None:
    listed = a_list(cast)
    (one, *_others) = people(cast, *[f"Cliente {place}" for place in range(many)], on=listed)
    for place in range(many):
        a_list(cast, f"Liste {place}")
    browser = signed_in(cast.admin)
    # Session, person with company; what is looked at; whether the menu of a whole page shows the simulator.
    for address, statements in (
        ("/contacts/lists/", 4),
        (f"/contacts/lists/{listed.pk}/", 7),
        (f"/contacts/lists/{listed.pk}/candidates/?typed=cliente", 5),
        (f"/contacts/{one.pk}/lists/", 5),
    ):
        with django_assert_num_queries(statements):
            browser.get(address)
