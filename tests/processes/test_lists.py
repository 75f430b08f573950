"""Lists of contacts in a real browser: making one, filling it in both ways, taking somebody off and undoing it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import signed_in

pytestmark = [pytest.mark.processes, pytest.mark.browser]


def add_contact(page: Page, name: str, number: str) -> None:
    page.get_by_role("link", name="Ajouter un contact").first.click()
    page.get_by_label("Numéro").fill(number)
    page.get_by_label("Nom complet").fill(name)
    page.get_by_role("button", name="Ajouter un contact").click()


def test_a_list_is_made_filled_and_mended(desk: Desk, browser: Browser) -> None:
    page = signed_in(browser, desk.ports[0], "amelie")
    page.goto("/contacts/")
    for name, number in (("Fatou Diallo", "450 555-0178"), ("Élise Robitaille", "579 555-0134")):
        add_contact(page, name, number)

    page.get_by_role("link", name="Listes").click()
    page.get_by_role("link", name="Ajouter une liste de contacts").first.click()
    page.get_by_label("Nom").fill("Vaccin 2026")
    page.get_by_label("Fondement du consentement").select_option("Exprès, par écrit")
    page.get_by_role("button", name="Ajouter une liste de contacts").click()
    expect(page.get_by_text("Personne dans cette liste")).to_be_visible()

    page.goto("/contacts/")
    page.wait_for_load_state("load")
    page.get_by_role("button", name="Ajouter Fatou Diallo à une liste").click()
    menu = page.get_by_role("dialog", name="Ajouter à une liste")
    menu.get_by_label("Vaccin 2026").check()
    row = page.get_by_role("row", name="Fatou Diallo")
    expect(row).to_contain_text("1 liste")
    expect(menu).to_contain_text("1")

    page.get_by_role("link", name="Listes").click()
    page.get_by_role("link", name="Vaccin 2026", exact=True).click()
    page.wait_for_load_state("load")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    page.get_by_role("combobox").fill("elise")
    page.get_by_role("combobox").press("Enter")
    expect(page.get_by_role("option")).to_contain_text("Dans la liste")
    page.get_by_role("button", name="Terminé").click()
    expect(page.get_by_text("2 membres")).to_be_visible()

    page.get_by_role("button", name="Retirer Fatou Diallo de la liste").click()
    expect(page.get_by_text("1 membre", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name="Fatou Diallo")).to_have_count(0)
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_text("Fatou Diallo est de retour dans la liste.")).to_be_visible()
    expect(page.get_by_role("row", name="Fatou Diallo")).to_be_visible()
    expect(page.get_by_text("2 membres")).to_be_visible()
