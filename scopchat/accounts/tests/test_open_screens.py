"""Whoever sits at a screen that was left open guesses no faster than a stranger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from scopchat.accounts import failures
from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.common.clock import utc_now
from tests.cast import PASSWORD, Cast
from tests.guesses import SLOWED, WRONG, attempt, later, patiently


@pytest.fixture(autouse=True)
def _slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    patiently(monkeypatch)


@pytest.fixture
def screen(cast: Cast) -> Client:
    """Amélie's, left open a while ago."""
    browser = Client()
    attempt("amelie", PASSWORD, browser=browser)
    session = browser.session
    for known in session["account_authentication_methods"]:
        known["at"] -= 3600
    session.save()
    return browser


NEW = "a-very-different-password"


@pytest.mark.parametrize(
    ("page", "field", "fields"),
    [
        ("/me/password/", "current", {"password": NEW, "again": NEW}),
        ("/me/email/", "email-current", {"email-email": "ailleurs@exemple.test"}),
        ("/account/confirm/", "password", {"next": "/account/second-factor/app/"}),
    ],
)
def test_the_password_is_not_guessed_at_an_open_screen(
    cast: Cast, screen: Client, page: str, field: str, fields: dict[str, str]
) -> None:
    answers = [screen.post(page, {**fields, field: f"wrong{n}"}).content.decode() for n in range(40)]
    assert [SLOWED in answer for answer in answers] == [False] * 5 + [True] * 35
    assert SLOWED in screen.post(page, {**fields, field: PASSWORD}).content.decode()
    later(timedelta(minutes=1))
    assert screen.post(page, {**fields, field: PASSWORD}).status_code == 302


def test_guesses_at_an_open_screen_are_in_the_audit_log(cast: Cast, screen: Client) -> None:
    for _n in range(9):
        screen.post("/account/confirm/", {"password": WRONG})
    later(failures.PERIOD)
    failures.tell(now=utc_now())
    found = Entry.objects.filter(verb=Verb.CONFIRMATION_FAILED, object_id=cast.admin.pk).order_by("id")
    assert [entry.details for entry in found] == [{}, {"attempts": 8}]


def test_the_new_password_is_no_way_to_ask_for_the_present_one(cast: Cast, screen: Client) -> None:
    answer = screen.post("/me/password/", {"current": WRONG, "password": PASSWORD, "again": PASSWORD})
    assert "C’est le mot de passe" not in answer.content.decode()
    right = screen.post("/me/password/", {"current": PASSWORD, "password": PASSWORD, "again": PASSWORD})
    assert "C’est le mot de passe que vous avez déjà" in right.content.decode()
