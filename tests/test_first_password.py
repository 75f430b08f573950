"""Who signs in with a password that was generated for them chooses their own before anything else."""

from __future__ import annotations

import pytest
from django.test import Client

from scopchat.accounts.models import User
from scopchat.accounts.people import renew_password
from scopchat.web.live.viewer import viewer_of
from tests.cast import Cast
from tests.people import FRAGMENT, entered

GIVEN = "k7mq-x3fp-9hbt"
OWN = "une phrase courte et douce"


@pytest.fixture
def browser(cast: Cast) -> Client:
    """Sophie's, signed in with what she was told."""
    renew_password(person=cast.agent, password=GIVEN, acting=cast.admin)
    return entered("sophie", GIVEN)


@pytest.mark.parametrize("address", ["/", "/messages/", "/channels/", "/people/presence/", "/nowhere/"])
def test_every_page_leads_there(browser: Client, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code in {302, 404}
    if answer.status_code == 302:
        assert answer["Location"] == "/me/first-password/"


def test_a_part_of_a_page_leads_there_too(browser: Client) -> None:
    assert browser.get("/messages/", headers=FRAGMENT)["HX-Redirect"] == "/me/first-password/"


def test_nothing_is_done_before(browser: Client, cast: Cast) -> None:
    browser.post("/me/preferences/", {"theme": "dark"})
    assert User.objects.get(pk=cast.agent.pk).theme == "system"


def test_no_live_stream_opens_before(browser: Client) -> None:
    cookie = f"sessionid={browser.cookies['sessionid'].value}".encode()
    assert viewer_of({"headers": [(b"cookie", cookie)]}) is None


def test_the_chosen_password_opens_everything_and_closes_other_sessions(browser: Client) -> None:
    other = entered("sophie", GIVEN)
    assert browser.post("/me/first-password/", {"password": OWN, "again": OWN})["Location"] == "/"
    assert browser.get("/messages/").status_code == 200
    assert browser.get("/me/first-password/")["Location"] == "/"
    assert other.get("/messages/")["Location"].startswith("/account/login/")


def test_the_same_password_again_is_none_of_their_own(browser: Client) -> None:
    assert browser.post("/me/first-password/", {"password": GIVEN, "again": GIVEN}).status_code == 422
    assert browser.get("/messages/").status_code == 302


def test_one_may_leave_instead(browser: Client) -> None:
    assert browser.post("/account/logout/")["Location"] == "/account/login/"
