"""People in real browsers: the first sign-in with a generated password, and who is there as colleagues see it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, signed_in

pytestmark = [pytest.mark.processes, pytest.mark.browser]

GONE = 60_000
"""Milliseconds until colleagues see that the last page has gone: 30 s, and what a busy machine adds."""


def test_who_was_given_a_password_chooses_their_own_before_anything_else(desk: Desk, browser: Browser) -> None:
    admin = signed_in(browser, desk.ports[0], "amelie")
    admin.goto("/users/")
    admin.get_by_role("link", name="Ajouter un utilisateur").click()
    admin.get_by_label("Nom", exact=True).fill("Nadia Tremblay")
    admin.get_by_label("Nom d’utilisateur").fill("nadia")
    admin.get_by_label("Courriel", exact=True).fill("nadia@exemple.test")
    admin.get_by_label("Rôle").select_option("agent")
    admin.get_by_role("button", name="Ajouter cet utilisateur").click()
    given = admin.get_by_label("Mot de passe").input_value()

    newcomer = browser.new_context(locale="fr-CA", base_url=f"http://127.0.0.1:{desk.ports[1]}").new_page()
    newcomer.goto("/")
    newcomer.get_by_label("Nom d’utilisateur ou courriel").fill("nadia")
    newcomer.get_by_label("Mot de passe").fill(given)
    newcomer.get_by_role("button", name="Connexion").click()
    expect(newcomer.get_by_role("heading", name="Choisissez votre mot de passe")).to_be_visible()
    newcomer.goto("/messages/")
    expect(newcomer.get_by_role("heading", name="Choisissez votre mot de passe")).to_be_visible()
    newcomer.get_by_label("Nouveau mot de passe").fill("une phrase courte et douce")
    newcomer.get_by_label("Le même, encore une fois").fill("une phrase courte et douce")
    newcomer.get_by_role("button", name="Enregistrer et continuer").click()
    expect(newcomer.get_by_text("Tout est à jour")).to_be_visible()


def test_presence_is_seen_by_others_as_it_changes(desk: Desk, browser: Browser) -> None:
    admin = signed_in(browser, desk.ports[0], "amelie")
    admin.goto("/users/")
    sophie = admin.get_by_role("row", name="Sophie Roy").locator(".there")
    expect(sophie).to_contain_text("Hors ligne")

    agent = signed_in(browser, desk.ports[1], "sophie")
    expect(sophie).to_contain_text("En ligne", timeout=SOON)
    agent.locator(".bar-presence").click()
    agent.locator("#presence-menu").get_by_role("button", name="Occupé").click()
    expect(sophie).to_contain_text("Occupé", timeout=SOON)

    second = agent.context.new_page()
    second.goto("/interactions/")
    with second.expect_response(lambda answer: "/live?people" in answer.url):
        agent.close()
    expect(sophie).to_contain_text("Occupé")
    second.close()
    expect(sophie).to_contain_text("Hors ligne", timeout=GONE)

    back = second.context.new_page()
    back.goto("/messages/")
    expect(back.locator(".bar-word")).to_have_text("Occupé", timeout=1)
    expect(sophie).to_contain_text("Occupé", timeout=SOON)
