"""Opt-outs in a real browser: one by hand and one by text, and how each of them ends."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.processes.desk import Desk, wait_until
from tests.processes.test_journey import SOON, signed_in, text, toy_phone

pytestmark = [pytest.mark.processes, pytest.mark.browser]

BY_HAND, TEXTED = "450 555-0172", "819 555-0158"


def until_listed(page: Page, number: str, *, times: int) -> None:
    """Looks at the list again until the number is on it, or no more."""

    def is_so() -> bool:
        page.goto("/opt-outs/")
        return page.get_by_role("row", name=number).count() == times

    wait_until(is_so, SOON / 1000, f"{number} being listed {times} times")


def test_one_by_hand_and_one_by_text_come_and_go(desk: Desk, browser: Browser) -> None:
    page = signed_in(browser, desk.ports[0], "amelie")
    toy_phone(page, TEXTED)
    text(page, TEXTED, "Arrêt !")

    page.goto("/opt-outs/")
    page.get_by_role("link", name="Ajouter une désinscription").first.click()
    page.get_by_label("Canal de réception").select_option(label="Marc · 438 555-0102")
    page.get_by_label("Numéro de SMS").fill("(450) 555.0172")
    page.get_by_label("Précision").fill("Demande par téléphone")
    page.get_by_role("button", name="Ajouter une désinscription").click()
    expect(page.get_by_text("Ce numéro ne recevra plus les envois de masse de ce canal.")).to_be_visible()
    until_listed(page, TEXTED, times=1)
    expect(page.get_by_role("row", name=TEXTED)).to_contain_text("ARRET reçu")
    expect(page.get_by_role("row", name=BY_HAND)).to_contain_text("Amélie Gagnon, Demande par téléphone")
    expect(page.get_by_text("2 numéros")).to_be_visible()

    page.get_by_role("button", name=f"Historique du {TEXTED}").click()
    expect(page.get_by_role("dialog")).to_contain_text("Texto du client : ARRET")
    page.get_by_role("button", name="Fermer la fenêtre").click()
    page.get_by_role("button", name=f"Retirer le {TEXTED} de la liste").click()
    page.get_by_role("dialog").get_by_role("button", name="Retirer de la liste").click()
    expect(page.get_by_role("dialog")).to_contain_text("Ce champ est obligatoire.")
    page.get_by_role("button", name="Annuler").click()

    page.get_by_label("Nom ou numéro").fill("450 555")
    expect(page.get_by_text("1 numéro", exact=True)).to_be_visible()
    page.get_by_role("button", name=f"Retirer le {BY_HAND} de la liste").click()
    expect(page.get_by_text(f"Le {BY_HAND} recevra de nouveau les envois de masse du canal.")).to_be_visible()
    expect(page.get_by_role("row", name=BY_HAND)).to_have_count(0)
    expect(page.get_by_text("0 numéro", exact=True)).to_be_visible()

    page.goto("/simulator/")
    text(page, TEXTED, "START")
    until_listed(page, TEXTED, times=0)
    expect(page.get_by_text("Aucune désinscription")).to_be_visible()
