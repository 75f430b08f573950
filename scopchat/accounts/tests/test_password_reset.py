"""A new password by e-mail: the same page for every address, a link that works once, and what it ends."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.common.clock import utc_now
from scopchat.tenancy.services import ask_second_factor, deactivate_company
from tests.cast import PASSWORD, Cast
from tests.guesses import patiently
from tests.mails import mails

NEW = "a-very-different-password"


def ask(email: str) -> tuple[str, str]:
    """Where one is led, and the page there, without what differs at each request."""
    answer = Client().post("/account/password/reset/", {"email": email}, follow=True)
    ((place, _status),) = answer.redirect_chain
    return place, re.sub(r'value="[^"]*"', "", answer.content.decode())


def link() -> str:
    found = re.search(r"http://testserver\.localhost(/\S+)", mails()[-1]["text"])
    assert found
    return found[1]


def choose(path: str, password: str = NEW) -> Client:
    """A browser in which a new password was typed behind the link."""
    browser = Client()
    form = browser.get(path, follow=True).redirect_chain[-1][0]
    browser.post(form, {"password1": password, "password2": password})
    return browser


def signs_in(password: str) -> bool:
    return Client().post("/account/login/", {"login": "sophie", "password": password}).status_code == 302


def test_an_unknown_address_gets_the_same_page_and_no_mail(cast: Cast) -> None:
    known = ask("sophie@exemple.test")
    assert len(mails()) == 1
    assert ask("nobody@exemple.test") == known
    assert len(mails()) == 1


@pytest.mark.parametrize("email", ["Sophie@Exemple.test", "sophie@exemple.test"])
def test_the_mail_is_in_the_persons_language_and_goes_to_their_own_address(cast: Cast, email: str) -> None:
    cast.agent.language, cast.agent.email = "en", "Sophie@exemple.test"
    cast.agent.save(update_fields=["language", "email"])
    ask(email)
    (mail,) = mails()
    assert (mail["to"], mail["subject"]) == ("Sophie@exemple.test", "Your new password")
    assert "Your username is sophie." in mail["text"]
    assert "The link works once, for 2 hours." in mail["html"]


def test_the_link_works_once_and_ends_the_old_password(cast: Cast) -> None:
    ask("sophie@exemple.test")
    path = link()
    choose(path)
    assert [signs_in(PASSWORD), signs_in(NEW)] == [False, True]
    assert "Ce lien ne fonctionne plus" in Client().get(path, follow=True).content.decode()
    verbs = set(Entry.objects.filter(object_id=cast.agent.pk).values_list("verb", flat=True))
    assert {Verb.PASSWORD_RESET_ASKED, Verb.PASSWORD_RESET} <= verbs
    assert "a été changé avec un lien" in mails()[-1]["text"]


def test_it_signs_the_person_out_everywhere_and_nobody_in(cast: Cast) -> None:
    before = Client()
    before.post("/account/login/", {"login": "sophie", "password": PASSWORD})
    ask("sophie@exemple.test")
    after = choose(link())
    assert [one.get("/messages/").status_code for one in (before, after)] == [302, 302]


def test_it_is_a_way_in_while_a_stranger_goes_on_guessing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    patiently(monkeypatch)

    def guess() -> None:
        for _n in range(5):
            signs_in("wrong")

    guess()
    assert not signs_in(PASSWORD)
    ask("sophie@exemple.test")
    browser = choose(link())
    guess()
    assert not signs_in(NEW)
    assert browser.post("/account/login/", {"login": "sophie", "password": NEW}).status_code == 302


def test_a_weak_password_is_refused(cast: Cast) -> None:
    ask("sophie@exemple.test")
    choose(link(), "short")
    assert signs_in(PASSWORD)


def test_who_may_not_sign_in_gets_no_mail(cast: Cast) -> None:
    deactivate_company(company=cast.client, acting=None, now=utc_now())
    ask("sophie@exemple.test")
    assert mails() == []


def test_one_address_is_not_flooded(cast: Cast) -> None:
    for _n in range(7):
        Client().post("/account/password/reset/", {"email": "sophie@exemple.test"})
    assert len(mails()) == 5


def test_a_link_of_another_person_is_not_ones_own(cast: Cast) -> None:
    ask("sophie@exemple.test")
    key = link().rstrip("/").rpartition("/")[2].partition("-")[2]
    path = re.sub(r"reset/\w+-", "reset/1-", link())
    assert key in path
    assert "Ce lien ne fonctionne plus" in Client().get(path, follow=True).content.decode()


def test_a_strangers_request_changes_nothing_for_the_person(cast: Cast) -> None:
    """They still add an app or a passkey; allauth would take their address for unverified, with no way to verify it."""
    ask_second_factor(company=cast.client, asked=True, acting=None, now=utc_now())
    ask("sophie@exemple.test")
    assert not EmailAddress.objects.exists()
    browser = Client()
    browser.post("/account/login/", {"login": "sophie", "password": PASSWORD})
    for page in ("app", "passkeys/add"):
        assert browser.get(f"/account/second-factor/{page}/").status_code == 200


def test_an_address_that_an_earlier_version_left_unverified_is_in_nobodys_way(cast: Cast) -> None:
    EmailAddress.objects.create(user=cast.agent, email="sophie@exemple.test", verified=False)
    browser = Client()
    browser.post("/account/login/", {"login": "sophie", "password": PASSWORD})
    assert browser.get("/account/second-factor/app/").status_code == 200
