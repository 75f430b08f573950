"""My account: what people change about themselves, and what needs more than an open screen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from scopchat.accounts.models import User
from scopchat.audit.models import Entry
from scopchat.events.catalogue import AccessChanged
from tests.cast import PASSWORD, Cast
from tests.heard import Heard
from tests.mails import mails
from tests.people import entered, signed_in

OWN = "une phrase courte et douce"


def fresh(person: User) -> User:
    found: User = User.objects.get(pk=person.pk)
    return found


def link() -> str:
    text = mails()[-1]["text"]
    (found,) = re.findall(r"/email/\S+/", text)
    return found


def ask(person: User, address: str, current: str = PASSWORD) -> Any:
    return signed_in(person).post("/me/email/", {"email-email": address, "email-current": current})


def test_it_keeps_name_preferences_and_signature(cast: Cast) -> None:
    values = {"display_name": "Sophie R.", "signature": "— Sophie", "language": "en", "theme": "dark"}
    browser = signed_in(cast.agent)
    assert browser.post("/me/", values)["Location"] == "/me/"
    person = fresh(cast.agent)
    assert {name: getattr(person, name) for name in values} == values
    assert not person.notification_sounds
    assert "The changes are saved." in browser.get("/me/").content.decode()
    assert Entry.objects.get(verb="user.changed").details == {"name": {"before": "Sophie Roy", "after": "Sophie R."}}


@pytest.mark.parametrize("wrong", [{"display_name": ""}, {"signature": "x" * 161}, {"language": "tlh"}, {"theme": "x"}])
def test_it_refuses_what_cannot_be_and_keeps_what_was_typed(cast: Cast, wrong: dict[str, str]) -> None:
    values = {"display_name": "Sophie R.", "signature": "— S", "language": "fr", "theme": "dark", **wrong}
    answer = signed_in(cast.agent).post("/me/", values)
    assert answer.status_code == 422
    assert list(answer.context["about"].errors) == list(wrong)
    assert fresh(cast.agent).display_name == "Sophie Roy"


def test_a_new_password_closes_the_other_sessions_and_keeps_this_one(cast: Cast, heard: Heard) -> None:
    here, there = entered("sophie"), entered("sophie")
    values = {"current": PASSWORD, "password": OWN, "again": OWN}
    assert here.post("/me/password/", values)["Location"] == "/me/"
    assert here.get("/messages/").status_code == 200
    assert there.get("/messages/").status_code == 302
    assert AccessChanged((cast.agent.pk,)) in heard.of(AccessChanged)
    assert fresh(cast.agent).check_password(OWN)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"current": "x"}, "current"),
        ({"again": "autre chose"}, "again"),
        ({"password": "court", "again": "court"}, "password"),
    ],
)
def test_a_password_is_not_changed_by_mistake(cast: Cast, changes: dict[str, str], field: str) -> None:
    values = {"current": PASSWORD, "password": OWN, "again": OWN, **changes}
    answer = signed_in(cast.agent).post("/me/password/", values)
    assert (answer.status_code, list(answer.context["password"].errors)) == (422, [field])
    assert fresh(cast.agent).check_password(PASSWORD)


def test_an_address_counts_once_its_link_was_followed(cast: Cast) -> None:
    ask(cast.agent, "sophie.roy@exemple.test")
    assert fresh(cast.agent).email == "sophie@exemple.test"
    anywhere, address = Client(), link()
    assert anywhere.get(address).status_code == 200
    assert fresh(cast.agent).email == "sophie@exemple.test"
    anywhere.post(address)
    assert fresh(cast.agent).email == "sophie.roy@exemple.test"
    assert anywhere.post(address).status_code == 404


def test_a_change_of_address_is_told_to_the_old_one_in_the_persons_language(cast: Cast) -> None:
    User.objects.filter(pk=cast.agent.pk).update(language="en")
    ask(cast.agent, "sophie.roy@exemple.test")
    Client().post(link(), REMOTE_ADDR="192.0.2.7")
    assert mails()[-1]["to"] == "sophie@exemple.test"
    assert "The e-mail address of your account was changed" in mails()[-1]["text"]
    assert "192.0.2.7" in mails()[-1]["text"]


def test_nobody_takes_the_address_of_another(cast: Cast) -> None:
    ask(cast.agent, "Marc@exemple.test")
    assert Client().post(link()).status_code == 409
    assert fresh(cast.agent).email == "sophie@exemple.test"


def test_an_address_is_asked_for_with_the_password(cast: Cast) -> None:
    assert ask(cast.agent, "sophie.roy@exemple.test", current="x").status_code == 422
    assert mails() == []


def test_strangers_have_no_account(client: Client, db: None) -> None:
    for address in ("/me/", "/me/email/", "/me/password/"):
        assert client.post(address)["Location"].startswith("/account/login/")


def test_who_looks_at_a_company_below_is_told_whose_data_it_is(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    assert "Vous consultez" not in browser.get("/messages/").content.decode()
    browser.look_at(cast.client)
    for page in ("/messages/", "/users/"):
        assert "Vous consultez les données de <strong>Clinique Laurier</strong>" in browser.get(page).content.decode()
    assert "Vous consultez" not in browser.get("/me/").content.decode()
    browser.look_at(cast.operator)
    assert "Vous consultez" not in browser.get("/messages/").content.decode()
    assert "Vous consultez" not in signed_in(cast.admin).get("/messages/").content.decode()
