"""A text goes all the way round in real browsers, over two servers and two workers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.processes.desk import Desk, installation

pytestmark = [pytest.mark.processes, pytest.mark.browser]

PASSWORD = "bonjour-scopchat"
SOON = 10_000
"""Milliseconds a page may take to show what happened elsewhere; `./dev bench live` measures how long it takes."""


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with installation("http://127.0.0.1:1") as desk:
        desk.ask("set_up")
        yield desk


def signed_in(browser: Browser, port: int, username: str) -> Page:
    """A browser of this person's own, signed in through the page."""
    page = browser.new_context(locale="fr-CA", base_url=f"http://127.0.0.1:{port}").new_page()
    page.goto("/")
    page.get_by_label("Nom d’utilisateur ou courriel").fill(username)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Connexion").click()
    expect(page.get_by_role("heading", name="Connexion")).to_have_count(0)
    return page


def toy_phone(admin: Page, number: str) -> None:
    admin.goto("/simulator/")
    admin.get_by_placeholder("514 555-0142").fill(number)
    admin.get_by_role("button", name="Ajouter un téléphone").click()


def test_a_text_goes_all_the_way_round(desk: Desk, browser: Browser) -> None:
    admin = signed_in(browser, desk.ports[0], "amelie")
    manager = signed_in(browser, desk.ports[1], "karim")
    agent = signed_in(browser, desk.ports[1], "sophie")
    outsider = signed_in(browser, desk.ports[0], "paul")
    toy_phone(admin, "514 555-0142")

    phone = admin.get_by_role("article", name="514 555-0142")
    phone.get_by_label("Au canal").select_option(label="À Accueil, 438 555-0101")
    phone.get_by_role("textbox", name="Texte").fill("Bonjour, êtes-vous ouverts ?")
    phone.get_by_role("button", name="Envoyer").click()

    row = agent.get_by_role("link", name="514 555-0142")
    expect(row).to_contain_text("Bonjour, êtes-vous ouverts ?", timeout=SOON)
    expect(row).to_contain_text("En attente")

    manager.get_by_role("link", name="514 555-0142").click()
    manager.get_by_role("button", name="Attribuer").click()
    manager.get_by_role("button", name="Sophie Roy").click()

    row.click()
    reply = agent.get_by_role("textbox", name="Message")
    expect(reply).to_be_visible(timeout=SOON)
    reply.fill("Oui, jusqu’à 18 h !")
    reply.press("Enter")

    bubble = agent.get_by_role("log").get_by_text("Oui, jusqu’à 18 h !")
    expect(bubble).to_be_visible(timeout=SOON)
    expect(phone.get_by_text("Oui, jusqu’à 18 h !")).to_be_visible(timeout=SOON)
    mark = agent.locator(".delivery").last
    expect(mark).to_contain_text("livré", timeout=SOON)
    expect(row).to_contain_text("Ouvert")
    expect(manager.locator(".delivery").last).to_contain_text("livré", timeout=SOON)

    expect(outsider.get_by_text("Tout est à jour")).to_be_visible()
    address = agent.url.replace(str(desk.ports[1]), str(desk.ports[0]))
    answer = outsider.goto(address)
    assert answer is not None
    assert answer.status == 404
