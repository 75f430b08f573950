"""A new password in real processes: asked for in a browser, sent by a worker to a real mail server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.processes.conftest import Letterbox
from tests.processes.desk import Desk
from tests.processes.test_journey import SOON

pytestmark = [pytest.mark.processes, pytest.mark.browser]

NEW = "tout-autre-mot-de-passe"


def test_a_forgotten_password_is_replaced_through_the_mail(desk: Desk, browser: Browser, letterbox: Letterbox) -> None:
    page = browser.new_context(locale="fr-CA", base_url=f"http://127.0.0.1:{desk.ports[0]}").new_page()
    for address in ("personne@exemple.test", "sophie@exemple.test"):
        page.goto("/")
        page.get_by_role("link", name="Mot de passe oublié ?").click()
        page.get_by_label("Courriel").fill(address)
        page.get_by_role("button", name="Envoyer le lien").click()
        expect(page.get_by_role("heading", name="Consultez vos courriels")).to_be_visible()

    mail = letterbox.about("Votre nouveau mot de passe", SOON / 1000)
    assert (mail["To"], mail["From"]) == ("sophie@exemple.test", "Bureau <bureau@exemple.test>")
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"http://\S+", body.get_content())
    assert found is not None

    page.goto(found[0])
    page.get_by_label("Nouveau mot de passe").fill(NEW)
    page.get_by_label("Encore une fois").fill(NEW)
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name="Connexion").click()
    page.get_by_label("Nom d’utilisateur ou courriel").fill("sophie")
    page.get_by_label("Mot de passe").fill(NEW)
    page.get_by_role("button", name="Connexion").click()
    expect(page.get_by_role("searchbox")).to_be_visible()
    assert "a été changé" in letterbox.came.get(timeout=SOON / 1000).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert letterbox.came.empty()
