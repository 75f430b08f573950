"""The pages of providers: secrets go in and never come out."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django_scopes import scope
from pytest_django import Settings

from scopchat.channels.models import EventState, InboundEvent, Provider
from scopchat.channels.services import create_provider
from scopchat.common.clock import utc_now
from tests.cast import Cast
from tests.people import signed_in

SECRET = "0123456789abcdef" * 2
SID = "AC" + "1" * 32
TWILIO = {
    "name": "Twilio",
    "account_sid": SID,
    "auth_token": SECRET,
    "api_base_url": "https://api.twilio.com",
}


@pytest.fixture
def twilio(cast: Cast) -> Provider:
    with scope(company=cast.client):
        return create_provider(
            company=cast.client,
            kind="twilio",
            name="Twilio",
            credentials={"account_sid": SID, "auth_token": SECRET},
        )


def test_it_tells_the_owner_what_the_journal_holds_back(cast: Cast, twilio: Provider) -> None:
    def journal(key: str, state: EventState, address: str = "") -> None:
        InboundEvent.objects.create(
            provider=twilio, event="inbound", carrier_key=key, address=address, shard=0, method="POST", url="",
            body=b"", received_at=utc_now(), state=state,
        )  # fmt: skip

    for n in range(2):
        journal(f"a{n}", EventState.UNMATCHED, "+15145550199")
        journal(f"b{n}", EventState.REFUSED)
    journal("c", EventState.SET_ASIDE)
    page = signed_in(cast.admin).get(f"/providers/{twilio.pk}/").content.decode()
    assert "2 messages au 514 555-0199 attendent" in page
    assert "2 appels ont été refusés" in page
    assert "1 appel de l’opérateur n’a pu être traité" in page
    assert "attend" not in signed_in(cast.admin).get(f"/providers/{cast.provider.pk}/").content.decode()


@pytest.mark.parametrize("who", ["agent", "manager", "user"])
@pytest.mark.parametrize("page", ["/providers/", "/providers/add/twilio/"])
def test_it_refuses_who_may_not(cast: Cast, who: str, page: str) -> None:
    assert signed_in(getattr(cast, who)).get(page).status_code == 403


def test_it_answers_404_to_the_outsider(cast: Cast, twilio: Provider) -> None:
    browser = signed_in(cast.outsider_admin)
    assert browser.get(f"/providers/{twilio.pk}/").status_code == 404
    assert browser.post(f"/providers/{twilio.pk}/", TWILIO).status_code == 404
    assert browser.post(f"/providers/{twilio.pk}/rotate/").status_code == 404


def test_it_has_no_page_for_a_carrier_it_does_not_know(cast: Cast) -> None:
    assert signed_in(cast.admin).get("/providers/add/pigeon/").status_code == 404


@pytest.mark.parametrize(
    ("field", "typed"),
    [("account_sid", "AC123"), ("account_sid", SECRET), ("auth_token", SID), ("auth_token", f"{SECRET} x")],
)
def test_it_refuses_credentials_that_cannot_be(cast: Cast, field: str, typed: str) -> None:
    response = signed_in(cast.admin).post("/providers/add/twilio/", {**TWILIO, field: typed})
    assert response.status_code == 422
    assert "Valeur refusée. Format attendu : " in response.content.decode()


def test_the_simulator_has_no_addresses_to_give_to_a_carrier(cast: Cast) -> None:
    assert "Adresses à donner" not in signed_in(cast.admin).get(f"/providers/{cast.provider.pk}/").content.decode()


def test_it_adds_an_account_and_shows_what_the_carrier_needs(cast: Cast) -> None:
    response = signed_in(cast.admin).post("/providers/add/twilio/", TWILIO, follow=True)
    with scope(company=cast.client):
        made = Provider.objects.get(kind="twilio")
    html = response.content.decode()
    assert made.credentials == {"account_sid": SID, "auth_token": SECRET}
    assert f"/hooks/twilio/{made.hook_token}/inbound" in html
    assert f"/hooks/twilio/{made.hook_token}/status" in html


def test_it_never_shows_a_secret(cast: Cast, twilio: Provider) -> None:
    html = signed_in(cast.admin).get(f"/providers/{twilio.pk}/").content.decode()
    assert SID in html
    assert SECRET not in html


def test_it_shows_no_secret_when_the_form_is_refused(cast: Cast) -> None:
    response = signed_in(cast.admin).post("/providers/add/twilio/", {**TWILIO, "name": ""})
    assert response.status_code == 422
    assert SECRET not in response.content.decode()


def test_it_keeps_a_secret_left_blank(cast: Cast, twilio: Provider) -> None:
    signed_in(cast.admin).post(f"/providers/{twilio.pk}/", {**TWILIO, "account_sid": "AC" + "9" * 32, "auth_token": ""})
    with scope(company=cast.client):
        twilio.refresh_from_db()
    assert twilio.credentials == {"account_sid": "AC" + "9" * 32, "auth_token": SECRET}


@pytest.mark.parametrize("address", ["ftp://x.test", "https://", "javascript:alert(1)", ""])
def test_it_refuses_an_address_that_is_none(cast: Cast, address: str) -> None:
    response = signed_in(cast.admin).post("/providers/add/twilio/", {**TWILIO, "api_base_url": address})
    assert response.status_code == 422


def test_it_makes_the_simulators_secret_itself(cast: Cast) -> None:
    signed_in(cast.admin).post("/providers/add/simulator/", {"name": "Essais"})
    with scope(company=cast.client):
        assert len(Provider.objects.get(name="Essais").credentials["secret"]) > 20


def test_it_keeps_the_simulators_secret(cast: Cast) -> None:
    before = cast.provider.credentials
    signed_in(cast.admin).post(f"/providers/{cast.provider.pk}/", {"name": "Renommé"})
    with scope(company=cast.client):
        after: Any = Provider.objects.get(pk=cast.provider.pk)
    assert (after.name, after.credentials) == ("Renommé", before)


@pytest.fixture
def without_the_key(settings: Settings, cast: Cast, twilio: Provider) -> None:
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]


@pytest.mark.usefixtures("without_the_key")
def test_it_says_that_credentials_cannot_be_read(cast: Cast, twilio: Provider) -> None:
    response = signed_in(cast.admin).get(f"/providers/{twilio.pk}/")
    assert response.status_code == 200
    assert "Les identifiants de ce fournisseur sont illisibles" in response.content.decode()


@pytest.mark.usefixtures("without_the_key")
def test_it_takes_new_credentials_for_those_that_cannot_be_read(cast: Cast, twilio: Provider) -> None:
    browser, token = signed_in(cast.admin), twilio.hook_token
    blank = browser.post(f"/providers/{twilio.pk}/", {**TWILIO, "auth_token": ""})
    assert blank.status_code == 422
    with scope(company=cast.client):
        Provider.objects.filter(pk=twilio.pk).update(incident="account: unreadable")
    browser.post(f"/providers/{twilio.pk}/", TWILIO)
    with scope(company=cast.client):
        twilio.refresh_from_db()
    assert twilio.account.credentials == {"account_sid": SID, "auth_token": SECRET}
    assert twilio.incident == ""
    assert twilio.hook_token != token


@pytest.mark.usefixtures("without_the_key")
def test_a_simulator_whose_secret_cannot_be_read_gets_a_new_one(cast: Cast) -> None:
    page = signed_in(cast.admin).get(f"/providers/{cast.provider.pk}/").content.decode()
    assert "le simulateur se donne alors un nouveau secret" in page
    signed_in(cast.admin).post(f"/providers/{cast.provider.pk}/", {"name": "Essais"})
    with scope(company=cast.client):
        cast.provider.refresh_from_db()
    assert len(cast.provider.account.credentials["secret"]) > 20


def test_it_makes_new_addresses(cast: Cast, twilio: Provider) -> None:
    old = twilio.hook_token
    html = signed_in(cast.admin).post(f"/providers/{twilio.pk}/rotate/", follow=True).content.decode()
    with scope(company=cast.client):
        twilio.refresh_from_db()
    assert twilio.hook_token != old
    assert twilio.hook_token in html
    assert old not in html
