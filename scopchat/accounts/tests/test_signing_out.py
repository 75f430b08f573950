"""Logging out ends every session of the account, and one's own sessions can be closed one by one."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from scopchat.accounts.models import Presence, User
from scopchat.accounts.own_sessions import sessions_of
from scopchat.accounts.sessions import stored_key
from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from tests.cast import PASSWORD, Cast
from tests.html import flat
from tests.people import Browser

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/139.0 Safari/537.36 Edg/139.0"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"


def signed_in(login: str, agent: str = EDGE) -> Browser:
    """A browser in which the person signed in through the page."""
    browser = Browser(headers={"User-Agent": agent})
    assert browser.post("/account/login/", {"login": login, "password": PASSWORD})["Location"] == "/"
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/messages/").status_code == 200


def test_logging_out_ends_every_session_of_the_account_and_of_nobody_else(cast: Cast) -> None:
    first, second, other = signed_in("sophie"), signed_in("sophie"), signed_in("linh")
    first.post("/account/logout/")
    assert [is_in(first), is_in(second), is_in(other)] == [False, False, True]
    assert Session.objects.count() == UserSession.objects.count() == 1
    assert User.objects.get(pk=cast.agent.pk).presence == Presence.OFFLINE


def test_the_browser_is_told_to_forget_what_it_has_kept(cast: Cast) -> None:
    browser = signed_in("sophie")
    assert "Clear-Site-Data" not in browser.get("/account/logout/")
    assert browser.post("/account/logout/")["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize("page", ["/account/login/", "/account/signup/", "/nowhere/"])
def test_pages_of_strangers_are_not_kept_either(cast: Cast, client: Browser, page: str) -> None:
    assert "no-store" in client.get(page)["Cache-Control"]


def test_it_lists_ones_browsers_by_their_names(cast: Cast) -> None:
    signed_in("sophie", SAFARI)
    signed_in("sophie", "curl/8.5")
    here = signed_in("sophie", FIREFOX)
    found = sessions_of(cast.agent, current_key=here.session.session_key)
    assert [(one.browser, one.system, one.is_current) for one in found] == [
        ("Firefox", "Linux", True), ("", "", False), ("Safari", "iPhone", False),
    ]  # fmt: skip
    page = flat(here.get("/account/sessions/").content)
    assert page.index("Firefox · Linux") < page.index("Navigateur inconnu") < page.index("Safari · iPhone")


def test_one_session_is_closed_and_the_others_stay(cast: Cast) -> None:
    here, lost, third = signed_in("sophie"), signed_in("sophie"), signed_in("sophie")
    pk = UserSession.objects.get(session_key=stored_key(lost.session.session_key)).pk
    here.post(f"/account/sessions/{pk}/close/")
    assert [is_in(here), is_in(lost), is_in(third)] == [True, False, True]
    entry = Entry.objects.get(verb=Verb.SESSIONS_ENDED)
    assert (entry.person_id, entry.object_id, entry.details) == (cast.agent.pk, cast.agent.pk, {"sessions": 1})


def test_all_others_are_closed_at_once(cast: Cast) -> None:
    here, second, third = signed_in("sophie"), signed_in("sophie"), signed_in("sophie")
    page = here.post("/account/sessions/close-others/", follow=True).content.decode()
    assert "2 autres navigateurs sont déconnectés." in page
    assert [is_in(here), is_in(second), is_in(third)] == [True, False, False]


def test_nobody_closes_the_session_of_another_or_their_present_one(cast: Cast) -> None:
    here, outsider = signed_in("sophie"), signed_in("paul")
    mine = UserSession.objects.get(session_key=stored_key(here.session.session_key)).pk
    assert outsider.post(f"/account/sessions/{mine}/close/").status_code == 404
    assert here.post(f"/account/sessions/{mine}/close/").status_code == 404
    assert is_in(here)


def test_a_stranger_is_sent_to_sign_in(client: Browser, db: None) -> None:
    assert client.get("/account/sessions/")["Location"].startswith("/account/login/")
