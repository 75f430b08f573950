"""Invitations: a link that works once, for a while, for one person."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from scopchat.accounts import invitations, people
from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.tenancy.models import Company
from tests.cast import Cast
from tests.mails import mails
from tests.people import entered

CHOSEN = "une phrase courte et douce"


def newcomer(cast: Cast, **changes: Any) -> User:
    values = {"display_name": "Nadia Roy", "role": Role.AGENT, "language": "fr", **changes}
    person = create_user(
        company=cast.client, username="nadia", email="nadia@exemple.test", password=None, acting=cast.admin, **values
    )
    invitations.invite(person=person, acting=cast.admin)
    return person


def sent() -> dict[str, str]:
    return mails()[-1]


def link() -> str:
    (found,) = set(re.findall(r"/invitation/[^\s\"]+/", sent()["text"] + sent()["html"]))
    return found


def answer(address: str, password: str = CHOSEN, again: str = CHOSEN) -> Any:
    return Client().post(address, {"password": password, "again": again})


def test_it_is_sent_in_the_persons_language_with_who_invites(cast: Cast) -> None:
    newcomer(cast)
    assert sent()["to"] == "nadia@exemple.test"
    assert sent()["subject"] == "Votre compte chez Clinique Laurier"
    assert "Amélie Gagnon" in sent()["text"]
    assert sent()["text"].count("http://testserver.localhost/invitation/") == 1


def test_its_password_signs_in_without_another_change(cast: Cast) -> None:
    person = newcomer(cast)
    assert person.is_invited
    assert answer(link())["Location"] == "/account/login/"
    assert entered("nadia", CHOSEN).get("/messages/").status_code == 200
    assert not User.objects.get(pk=person.pk).is_invited


def test_it_works_once(cast: Cast) -> None:
    newcomer(cast)
    address = link()
    answer(address)
    assert answer(address, "une autre phrase", "une autre phrase").status_code == 404
    assert Client().get(address).status_code == 404


def test_a_newer_one_replaces_it(cast: Cast) -> None:
    person = newcomer(cast)
    first = link()
    invitations.invite(person=person, acting=cast.admin)
    assert Client().get(first).status_code == 404
    assert Client().get(link()).status_code == 200


def test_it_is_over_after_a_week(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    newcomer(cast)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 8 * 86_400)
    assert Client().get(link()).status_code == 404


def test_it_leads_nowhere_once_the_account_or_company_is_off(cast: Cast) -> None:
    person = newcomer(cast)
    people.disable_user(person=person, acting=cast.admin)
    assert Client().get(link()).status_code == 404
    people.enable_user(person=person, acting=cast.admin)
    Company.objects.filter(pk=cast.client.pk).update(is_active=False)
    assert Client().get(link()).status_code == 404


@pytest.mark.parametrize(
    ("password", "again"), [("court", "court"), (CHOSEN, CHOSEN + "!"), ("nadia@exemple", "nadia@exemple")]
)
def test_a_password_that_is_too_easy_or_mistyped_is_refused(cast: Cast, password: str, again: str) -> None:
    newcomer(cast)
    assert answer(link(), password, again).status_code == 422


@pytest.mark.parametrize("token", ["x", "x:y:z", "invalid"])
def test_what_is_no_invitation_is_nothing(db: None, token: str) -> None:
    assert Client().get(f"/invitation/{token}/").status_code == 404
