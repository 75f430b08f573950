"""A contact centre is set up on its pages, as the guide says: a queue, its people, the channel that leads to it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, give, signed_in, text, toy_phone

pytestmark = [pytest.mark.processes, pytest.mark.browser]

NUMBER = "514 555-0171"


def make_a_queue(admin: Page) -> None:
    """With Sophie to answer and Karim to lead, he from the list's dialog."""
    admin.get_by_role("link", name="Files d’attente").click()
    admin.get_by_role("link", name="Ajouter une file d’attente").click()
    admin.get_by_label("Nom", exact=True).fill("Facturation")
    admin.get_by_label("Description").fill("Reçus et assurances")
    admin.get_by_role("checkbox", name="Sophie Roy : agent").check()
    admin.get_by_role("button", name="Ajouter une file d’attente").click()
    admin.get_by_role("link", name="Agents de Facturation").click()
    dialog = admin.get_by_role("dialog", name="Membres de Facturation")
    dialog.get_by_role("checkbox", name="Karim Haddad : administrateur").check()
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(admin.get_by_role("row", name="Facturation")).to_contain_text("Reçus et assurances")


def lead_a_channel_to_it(admin: Page) -> None:
    admin.get_by_role("link", name="Canaux").click()
    admin.get_by_role("link", name="Modifier Marc").click()
    admin.get_by_label("File d’attente").first.check()
    admin.get_by_label("File d’attente").last.select_option(label="Facturation")
    admin.get_by_role("button", name="Enregistrer").click()
    expect(admin.get_by_role("row", name="Marc")).to_contain_text("Facturation")


def another_manager(desk: Desk, browser: Browser, admin: Page) -> Page:
    """Marc, whom the administrator makes one."""
    admin.get_by_role("link", name="Utilisateurs", exact=True).click()
    admin.get_by_role("link", name="Modifier Marc Bouchard").click()
    admin.get_by_label("Rôle").select_option(label="Gestionnaire")
    admin.get_by_role("button", name="Enregistrer les modifications").click()
    expect(admin.get_by_text("Les modifications sont enregistrées.")).to_be_visible()
    return signed_in(browser, desk.ports[0], "marc")


def test_what_comes_to_the_channel_waits_in_its_queue_until_the_manager_gives_it(desk: Desk, browser: Browser) -> None:
    admin = signed_in(browser, desk.ports[0], "amelie")
    make_a_queue(admin)
    lead_a_channel_to_it(admin)
    manager, agent = (signed_in(browser, desk.ports[1], name) for name in ("karim", "sophie"))
    toy_phone(admin, NUMBER)
    text(admin, NUMBER, "Où est mon reçu ?", to="Marc, 438 555-0102")

    row = agent.get_by_role("link", name=NUMBER)
    expect(row).to_contain_text("Facturation", timeout=SOON)
    row.click()
    expect(agent.get_by_text("Personne n’a encore pris cette conversation.")).to_be_visible()
    for page in (manager, agent):
        expect(page.get_by_role("button", name="Nouveau message")).to_have_count(0)
    manager.get_by_role("link", name=NUMBER).click()
    give(manager, "Sophie Roy")
    expect(agent.get_by_role("textbox", name="Message")).to_be_visible(timeout=SOON)

    second = another_manager(desk, browser, admin)
    second.get_by_role("link", name=NUMBER).click()
    second.get_by_role("button", name="Récupérer").click()
    expect(second.get_by_role("textbox", name="Message")).to_be_visible(timeout=SOON)
    expect(manager.get_by_role("log")).to_contain_text("Marc Bouchard a récupéré", timeout=SOON)
    give(manager, "Sophie Roy")
    expect(agent.get_by_role("textbox", name="Message")).to_be_visible(timeout=SOON)

    admin.get_by_role("link", name="Utilisateurs", exact=True).click()
    admin.get_by_role("button", name="Que faire avec Sophie Roy").click()
    menu = admin.locator("#row-menu")
    expect(menu).to_contain_text("En ligne")
    for offer in ("Modifier", "Désactiver"):
        expect(menu.get_by_text(offer)).to_be_visible()
    menu.get_by_role("button", name="Fermer toutes les sessions").click()
    expect(agent.get_by_role("heading", name="Connexion")).to_be_visible(timeout=SOON)
