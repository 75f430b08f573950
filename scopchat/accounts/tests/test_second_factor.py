"""The second factor: adding, using and removing it, recovery codes, and companies that require it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.common.clock import utc_now
from scopchat.tenancy.models import Company
from scopchat.tenancy.services import ask_second_factor
from tests.cast import PASSWORD, Cast
from tests.guesses import patiently
from tests.one_time_codes import code_of
from tests.people import FRAGMENT, Browser

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE = "/account/login/second-factor/"


def sign_in(login: str) -> tuple[Browser, str]:
    """A browser in which the password was right, and where it is led."""
    browser = Browser()
    return browser, browser.post("/account/login/", {"login": login, "password": PASSWORD})["Location"]


def with_app(user: User) -> User:
    """The person has an authenticator app with `SECRET`."""
    TOTP.activate(user, SECRET)
    return user


def enrolled(login: str) -> tuple[Browser, str]:
    """A browser in which the person has added an app through the page, and the app's secret."""
    browser, _place = sign_in(login)
    page = browser.get("/account/second-factor/app/").content.decode()
    secret = re.findall(r'class="secret">(\w+)<', page)[0]
    answer = browser.post("/account/second-factor/app/", {"code": code_of(secret)})
    assert answer["Location"] == "/account/second-factor/codes/"
    return browser, secret


def recovery_codes(browser: Browser) -> list[str]:
    page = browser.get("/account/second-factor/codes/").content.decode()
    return [code.replace(" ", "") for code in re.findall(r"<code>(\d{4} \d{4})</code>", page)]


def latest(verb: Verb) -> Entry:
    entry: Entry = Entry.objects.filter(verb=verb).latest_first()[0]
    return entry


def test_an_app_is_added_and_asked_for_at_the_next_sign_in(cast: Cast) -> None:
    _browser, secret = enrolled("sophie")
    browser, place = sign_in("sophie")
    assert place == CODE
    assert browser.get("/messages/").status_code == 302
    assert browser.post(CODE, {"code": code_of(secret)})["Location"] == "/"
    assert browser.get("/messages/").status_code == 200
    assert latest(Verb.SIGNED_IN).details == {"means": ["password", "totp"]}


def test_its_secret_is_not_in_the_database_as_it_is(cast: Cast) -> None:
    _browser, secret = enrolled("sophie")
    for factor in Authenticator.objects.filter(user=cast.agent):
        assert secret not in str(factor.data)


def test_a_wrong_code_at_enrolment_adds_nothing(cast: Cast) -> None:
    browser, _place = sign_in("sophie")
    browser.get("/account/second-factor/app/")
    page = browser.post("/account/second-factor/app/", {"code": "000000"}).content.decode()
    assert "Ce code n’est pas le bon" in page
    assert not Authenticator.objects.exists()


def test_a_code_works_once(cast: Cast) -> None:
    with_app(cast.agent)
    code = code_of(SECRET)
    first, second = sign_in("sophie")[0], sign_in("sophie")[0]
    assert first.post(CODE, {"code": code}).status_code == 302
    assert "Ce code n’est pas le bon" in second.post(CODE, {"code": code}).content.decode()
    assert latest(Verb.FACTOR_FAILED).object_id == cast.agent.pk


def test_wrong_codes_are_counted_for_the_person(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """By browsers in which they never signed in; theirs are counted alone."""
    patiently(monkeypatch)
    with_app(cast.agent)
    own = sign_in("sophie")[0]
    assert own.post(CODE, {"code": code_of(SECRET)}).status_code == 302
    own.post("/account/logout/")
    browsers = [sign_in("sophie")[0] for _n in range(4)]
    pages = [one.post(CODE, {"code": "000000"}).content.decode() for one in browsers]
    assert ["Trop de tentatives" in page for page in pages] == [False] * 3 + [True]
    own.post("/account/login/", {"login": "sophie", "password": PASSWORD})
    assert "Ce code n’est pas le bon" in own.post(CODE, {"code": "000000"}).content.decode()


def test_each_recovery_code_lets_in_once(cast: Cast) -> None:
    codes = recovery_codes(enrolled("sophie")[0])
    assert len(set(codes)) == 10
    assert sign_in("sophie")[0].post(CODE, {"code": codes[0]}).status_code == 302
    assert latest(Verb.SIGNED_IN).details == {"means": ["password", "recovery_codes"]}
    assert sign_in("sophie")[0].post(CODE, {"code": codes[0]}).status_code == 200
    assert sign_in("sophie")[0].post(CODE, {"code": codes[1]}).status_code == 302


def test_new_recovery_codes_end_the_old_ones(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    browser, _secret = enrolled("sophie")
    old = recovery_codes(browser)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/account/second-factor/codes/new/")
    assert not set(old) & set(recovery_codes(browser))
    assert latest(Verb.RECOVERY_CODES_RENEWED).person_id == cast.agent.pk
    assert old[0] not in browser.get("/account/second-factor/codes/download/").content.decode()


def test_removing_the_app_removes_the_codes_too(cast: Cast) -> None:
    browser, _secret = enrolled("sophie")
    browser.post("/account/second-factor/app/remove/")
    assert not Authenticator.objects.exists()
    assert sign_in("sophie")[1] == "/"
    removed = Entry.objects.filter(verb=Verb.FACTOR_REMOVED).order_by("id")
    assert [entry.details["means"] for entry in removed] == ["totp", "recovery_codes"]


def test_who_signed_in_a_while_ago_shows_once_more_who_they_are(cast: Cast) -> None:
    browser, _secret = enrolled("sophie")
    session = browser.session
    for known in session["account_authentication_methods"]:
        known["at"] -= 3600
    session.save()
    answer = browser.post("/account/second-factor/app/remove/")
    assert answer["Location"].startswith("/account/confirm/")
    assert Authenticator.objects.filter(type="totp").exists()
    assert "Est-ce bien vous" in browser.get(answer["Location"]).content.decode()
    assert browser.post(answer["Location"], {"password": "wrong"}).status_code == 200
    browser.post(answer["Location"], {"password": PASSWORD, "next": "/account/second-factor/app/remove/"})
    assert not Authenticator.objects.filter(type="totp").exists()


def test_passkeys_are_the_persons_own(cast: Cast) -> None:
    key = Authenticator.objects.create(user=cast.agent, type="webauthn", data={"name": "Mine", "credential": {}})
    browser, _place = sign_in("paul")
    assert browser.get(f"/account/second-factor/passkeys/{key.pk}/remove/").status_code == 404
    assert browser.post(f"/account/second-factor/passkeys/{key.pk}/remove/").status_code == 404


@pytest.mark.parametrize("who", ["operator", "distributor", "l2", "client"])
def test_a_company_requires_it_of_its_people_and_of_all_below(cast: Cast, who: str) -> None:
    ask_second_factor(company=getattr(cast, who), asked=True, acting=cast.operator_admin, now=utc_now())
    browser, _place = sign_in("sophie")
    page = f"/c/{cast.client.pk}/second-factor/"
    assert browser.get("/messages/")["Location"] == page
    assert browser.get("/messages/", headers=FRAGMENT)["HX-Redirect"] == page
    assert "Clinique Laurier exige" in browser.get(page).content.decode()
    assert sign_in("paul")[0].get("/messages/").status_code == (302 if who in {"operator", "distributor"} else 200)


def test_who_adds_one_goes_on(cast: Cast) -> None:
    ask_second_factor(company=cast.client, asked=True, acting=None, now=utc_now())
    browser, _secret = enrolled("sophie")
    assert recovery_codes(browser)
    assert browser.get("/messages/").status_code == 200
    assert browser.get("/second-factor/")["Location"] == f"/c/{cast.client.pk}/"


def test_who_may_not_go_on_may_log_out(cast: Cast) -> None:
    ask_second_factor(company=cast.client, asked=True, acting=None, now=utc_now())
    browser, _place = sign_in("sophie")
    assert browser.post("/account/logout/")["Location"] == "/account/login/"


def test_who_enters_from_above_needs_one_as_well(cast: Cast) -> None:
    ask_second_factor(company=cast.client, asked=True, acting=None, now=utc_now())
    browser, _place = sign_in("operateur")
    assert browser.get("/messages/").status_code == 200
    browser.look_at(cast.client)
    assert browser.get("/messages/").status_code == 302
    assert "Retour à SCOPCHAT" in browser.get("/second-factor/").content.decode()
    browser.look_at(cast.operator)
    assert browser.get("/messages/").status_code == 200


def test_it_is_required_below_as_long_as_anyone_above_asks(cast: Cast) -> None:
    def required() -> list[str]:
        return sorted(Company.objects.filter(needs_second_factor=True).values_list("name", flat=True))

    ask_second_factor(company=cast.l1, asked=True, acting=None, now=utc_now())
    ask_second_factor(company=cast.client, asked=True, acting=None, now=utc_now())
    assert required() == ["Boulangerie du Parc", "Clinique Laurier", "Réseau Rive-Sud", "Télécom Laval"]
    ask_second_factor(company=cast.l1, asked=False, acting=None, now=utc_now())
    assert required() == ["Clinique Laurier"]
    ask_second_factor(company=cast.client, asked=False, acting=None, now=utc_now())
    assert required() == []
