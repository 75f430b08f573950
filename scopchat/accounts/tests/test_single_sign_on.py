"""Single sign-on against an issuer on loopback: who gets in, who does not, and that nobody is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount

from scopchat.accounts.models import User
from scopchat.accounts.tests.issuer import CLIENT, SECRET, Issuer, running
from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.common.clock import utc_now
from scopchat.tenancy.services import deactivate_company
from tests.cast import Cast
from tests.people import Browser, signed_in


@pytest.fixture
def issuer(settings: Any) -> Iterator[Issuer]:
    with running() as issuer:
        settings.OIDC_URL, settings.OIDC_NAME = issuer.url, "Annuaire"
        app = {**settings.OIDC_APP, "client_id": CLIENT, "secret": SECRET, "name": "Annuaire"}
        app["settings"] = {"server_url": issuer.url, "oauth_pkce_enabled": True}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        issuer.person = {"sub": "s-1", "email": "Sophie@exemple.test", "email_verified": True}
        yield issuer


def come(issuer: Issuer, browser: Browser | None = None) -> tuple[Browser, str, str]:
    """A browser that went to the issuer and back, where it is led, and the page there."""
    browser = browser or Browser()
    query = issuer.authorize(browser.get("/account/sso/")["Location"])
    place = browser.get(f"/account/sso/callback/{query}")["Location"]
    return browser, place, browser.get(place).content.decode()


def test_the_button_is_there_where_there_is_an_issuer(cast: Cast, issuer: Issuer) -> None:
    assert "Continuer avec Annuaire" in Browser().get("/account/login/").content.decode()


def test_without_an_issuer_there_is_nothing(cast: Cast, client: Browser) -> None:
    assert "/account/sso/" not in client.get("/account/login/").content.decode()
    assert client.get("/account/sso/").status_code == 404
    assert client.get("/account/sso/callback/?code=x&state=y").status_code == 404


def test_the_person_is_found_by_verified_e_mail_and_then_by_the_identity(cast: Cast, issuer: Issuer) -> None:
    browser, place, _page = come(issuer)
    assert place == "/"
    assert browser.get("/messages/").status_code == 200
    assert SocialAccount.objects.get().user_id == cast.agent.pk
    verbs = list(Entry.objects.filter(person_id=cast.agent.pk).order_by("id").values_list("verb", flat=True))
    assert verbs == [Verb.IDENTITY_LINKED, Verb.SIGNED_IN]
    issuer.person = {"sub": "s-1", "email": "other@exemple.test", "email_verified": True}
    assert come(issuer)[1] == "/"
    assert Entry.objects.filter(verb=Verb.IDENTITY_LINKED).count() == 1


@pytest.mark.parametrize("verified", [False, "false", "true", None])
def test_an_address_that_is_not_verified_opens_nothing(cast: Cast, issuer: Issuer, verified: object) -> None:
    issuer.person["email_verified"] = verified
    _browser, place, page = come(issuer)
    assert place == "/account/login/"
    assert "Aucun compte ici n’a le courriel vérifié" in page
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("email", ["nobody@exemple.test", "sophie", ""])
def test_it_makes_no_account(cast: Cast, issuer: Issuer, email: str) -> None:
    before = User.objects.count()
    issuer.person["email"] = email
    assert come(issuer)[1] == "/account/login/"
    assert User.objects.count() == before


def test_who_may_not_sign_in_does_not_this_way_either(cast: Cast, issuer: Issuer) -> None:
    come(issuer)
    deactivate_company(company=cast.client, acting=None, now=utc_now())
    assert come(issuer)[1] == "/account/inactive/"


def test_a_second_factor_is_asked_for(cast: Cast, issuer: Issuer) -> None:
    TOTP.activate(cast.agent, "JBSWY3DPEHPK3PXP")
    assert come(issuer)[1] == "/account/login/second-factor/"


def test_an_answer_that_nobody_asked_for_opens_nothing(cast: Cast, issuer: Issuer) -> None:
    query = issuer.authorize(Browser().get("/account/sso/")["Location"])
    stranger = Browser()
    assert stranger.get(f"/account/sso/callback/{query}")["Location"] == "/account/login/"
    assert stranger.get("/messages/").status_code == 302


def test_an_issuer_that_does_not_answer_is_said(cast: Cast, issuer: Issuer, settings: Any) -> None:
    app = {**settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]}
    app["settings"] = {"server_url": "http://127.0.0.1:1"}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    page = Browser().get("/account/sso/", follow=True).content.decode()
    assert "Annuaire est injoignable pour le moment." in page


def test_nobody_signed_in_is_linked_to_another_identity(cast: Cast, issuer: Issuer) -> None:
    assert signed_in(cast.admin).get("/account/sso/?process=connect")["Location"] == "/"
