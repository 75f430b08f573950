"""A mass send in real browsers, in French: written, checked, paced, paused and cancelled, with a STOP midway."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, signed_in, text, toy_phone

pytestmark = [pytest.mark.processes, pytest.mark.browser]

NUMBERS = ["514 555-0170", "514 555-0171", "514 555-0172", "514 555-0173", "514 555-0174"]


def count(page: Page, label: str) -> int:
    """One of the sums."""
    return int(page.locator(".mass-sums div", has_text=label).locator("dd").inner_text())


def write(admin: Page) -> None:
    """One to these numbers, with a field in it."""
    admin.goto("/")
    admin.get_by_role("link", name="Envois de masse").click()
    admin.get_by_role("link", name="Envoyer un envoi de masse").first.click()
    admin.get_by_label("Titre (pour vous").fill("Rappel")
    box = admin.get_by_label("Message")
    box.fill("Bonjour ")
    admin.get_by_role("button", name="Le nom du contact").click()
    admin.keyboard.type("vous")
    expect(box).to_have_value("Bonjour {name|vous}")
    expect(admin.locator("[data-count]")).to_contain_text("GSM-7 · 1 segment")
    admin.get_by_label("Numéros").fill("\n".join([*NUMBERS, NUMBERS[0], "12"]))
    admin.get_by_label("Respecter les heures calmes").uncheck()
    # One every two seconds: there is time to leave, to pause and to cancel.
    admin.get_by_label("Segments par minute").fill("30")


def test_from_writing_to_results_with_a_stop_midway(desk: Desk, browser: Browser) -> None:
    desk.ask("allow_mass_sends")
    admin, phones = signed_in(browser, desk.ports[0], "amelie"), signed_in(browser, desk.ports[1], "amelie")
    for number in NUMBERS:
        toy_phone(phones, number)
    write(admin)
    admin.get_by_role("button", name="Vérifier avant l’envoi").click()

    expect(admin.get_by_text("Bonjour vous").first).to_be_visible(timeout=SOON)
    expect(admin.get_by_text("1 numéro ne peut pas exister.")).to_be_visible()
    admin.get_by_role("button", name="Envoyer à 5 personnes").click()
    expect(admin.get_by_text("L’envoi de masse est lancé.")).to_be_visible()

    # The numbers go in order; the last of them leaves before its turn.
    text(phones, NUMBERS[4], "ARRET")
    expect(admin.locator(".mass-sums div", has_text="Livrés").locator("dd")).not_to_have_text("0", timeout=SOON)
    admin.get_by_role("button", name="Pause").click()
    expect(admin.get_by_text("Quelqu’un l’a mis en pause.")).to_be_visible()
    admin.get_by_role("button", name="Reprendre").click()
    expect(admin.locator(".status", has_text="Terminé")).to_be_visible(timeout=2 * SOON)
    expect(admin.locator(".mass-sums div", has_text="Livrés").locator("dd")).to_have_text("4", timeout=SOON)
    assert (count(admin, "Désinscrits"), count(admin, "Ignorés"), count(admin, "Invalides")) == (1, 1, 1)
    for number in NUMBERS[:4]:
        expect(phones.get_by_role("article", name=number).get_by_text(re.compile("Bonjour vous"))).to_have_count(1)
    expect(phones.get_by_role("article", name=NUMBERS[4]).get_by_text("Bonjour vous")).to_have_count(0)

    # Who answers is in the inbox, below what they answer.
    text(phones, NUMBERS[1], "Oui, merci")
    admin.get_by_role("link", name="Messages").click()
    admin.get_by_role("link", name=NUMBERS[1]).click()
    expect(admin.locator("#messages")).to_contain_text("Bonjour vous")
    expect(admin.locator("#messages")).to_contain_text("Envoi de masse")


def test_the_rest_is_cancelled(desk: Desk, browser: Browser) -> None:
    desk.ask("allow_mass_sends")
    admin = signed_in(browser, desk.ports[0], "amelie")
    admin.get_by_role("link", name="Envois de masse").click()
    admin.get_by_role("link", name="Envoyer un envoi de masse").first.click()
    admin.get_by_label("Message").fill("Fermé lundi")
    admin.get_by_label("Numéros").fill("\n".join(f"514 555-02{place:02}" for place in range(60)))
    admin.get_by_label("Respecter les heures calmes").uncheck()
    admin.get_by_role("button", name="Vérifier avant l’envoi").click()
    admin.get_by_role("button", name="Envoyer à 60 personnes").click(timeout=SOON)
    admin.get_by_role("button", name="Annuler l’envoi").click()
    admin.get_by_role("button", name="Annuler le reste").click()
    expect(admin.locator(".status", has_text="Annulé")).to_be_visible()
    assert count(admin, "Annulés") > 0
