"""The second factor in a real browser: an authenticator app, and a passkey of Chromium's virtual authenticator."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.one_time_codes import code_of
from tests.processes.desk import Desk
from tests.processes.test_journey import PASSWORD, signed_in
from tests.processes.test_signing_out import log_out

pytestmark = [pytest.mark.processes, pytest.mark.browser]

KEY = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
       "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip


def type_password(page: Page, username: str) -> None:
    page.get_by_label("Nom d’utilisateur ou courriel").fill(username)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Connexion").click()


def open_second_factor(page: Page) -> None:
    page.get_by_role("button", name="Vos préférences").click()
    page.get_by_role("link", name="Second facteur").click()
    expect(page.get_by_role("heading", name="Second facteur")).to_be_visible()


def inbox(page: Page) -> None:
    expect(page.get_by_role("searchbox")).to_be_visible()


def test_an_app_is_added_and_asked_for(desk: Desk, browser: Browser) -> None:
    page = signed_in(browser, desk.ports[0], "sophie")
    open_second_factor(page)
    page.get_by_role("link", name="Configurer").click()
    picture = page.get_by_role("img", name="Code QR")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_text("Impossible de le numériser").click()
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Tapez les six chiffres").fill(code_of(secret))
    page.get_by_role("button", name="Activer").click()
    expect(page.get_by_role("list", name="Codes de secours").get_by_role("listitem")).to_have_count(10)
    code = page.get_by_role("list", name="Codes de secours").get_by_role("listitem").first.inner_text()
    page.get_by_role("link", name="C’est noté").click()
    log_out(page)

    type_password(page, "sophie")
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Connexion").click()
    inbox(page)
    log_out(page)

    type_password(page, "sophie")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Connexion").click()
    inbox(page)


def test_a_passkey_is_the_second_factor_and_signs_in_alone(desk: Desk, browser: Browser) -> None:
    # Browsers take no number for the name of a site.
    page = browser.new_context(locale="fr-CA", base_url=f"http://localhost:{desk.ports[0]}").new_page()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]
    page.goto("/")
    type_password(page, "linh")
    open_second_factor(page)
    page.get_by_role("link", name="Ajouter").click()
    page.get_by_label("Nom").fill("Mon portable")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Codes de secours")).to_be_visible()
    page.get_by_role("link", name="C’est noté").click()
    expect(page.get_by_text("Mon portable")).to_be_visible()
    log_out(page)

    type_password(page, "linh")
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    inbox(page)
    log_out(page)

    page.get_by_role("button", name="Entrer avec une clé d’accès").click()
    inbox(page)
    log_out(page)

    devices.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**KEY, "isUserVerified": False}})
    page.get_by_role("button", name="Entrer avec une clé d’accès").click()
    expect(page.get_by_text("La clé d’accès n’a pas été utilisée")).to_be_visible()


def test_where_there_can_be_no_passkey_none_is_offered(desk: Desk, browser: Browser) -> None:
    page = browser.new_context(locale="fr-CA", base_url=f"http://127.0.0.1:{desk.ports[0]}").new_page()
    page.goto("/")
    expect(page.get_by_role("button", name="Entrer avec une clé d’accès")).to_be_hidden()
