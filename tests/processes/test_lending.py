"""A provider is lent, used and taken back, in real browsers over two servers and two workers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import APIResponse, Browser, Locator, Page, expect

from tests.people import FRAGMENT
from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, signed_in, toy_phone

pytestmark = [pytest.mark.processes, pytest.mark.browser]

NUMBER = "514 555-0142"


def enter(page: Page, company: str) -> None:
    page.get_by_role("button", name="Société :").click()
    page.get_by_placeholder("Trouver une société").fill(company)
    offers = page.get_by_role("listbox", name="Sociétés")
    offers.get_by_role("option", name=re.compile(f"^{company}")).click()
    expect(page.locator(".bar-company")).to_contain_text(company)


def lend_a_simulator(above: Page) -> None:
    """The distributor makes one and lends it to the clinic, by keyboard in the dialog."""
    above.goto(above.url.replace("/messages/", "/providers/add/simulator/"))
    above.get_by_label("Nom", exact=True).fill("Simulateur Nord")
    above.get_by_role("button", name="Ajouter un fournisseur").click()
    above.get_by_role("button", name="Prêter").click()
    above.get_by_role("dialog").get_by_placeholder("Trouver une société").fill("laurier")
    above.keyboard.press("Enter")
    expect(above.get_by_role("row", name="Clinique Laurier")).to_be_visible()


def make_a_channel_on_it(admin: Page) -> None:
    admin.goto("/channels/add/")
    admin.get_by_label("Nom", exact=True).fill("Promotions")
    admin.get_by_label("Numéro").fill("438 555-0170")
    admin.get_by_label("Fournisseur").select_option(label="Simulateur Nord, prêté par Distribution Nord")
    admin.get_by_label("File d’attente").last.select_option(label="Accueil")
    admin.get_by_role("button", name="Ajouter un canal").click()
    expect(admin.get_by_role("row", name="Promotions")).to_contain_text("Prêté par Distribution Nord")


def write_as_a_customer(admin: Page) -> Locator:
    """From a toy phone to the new channel; gives the phone."""
    toy_phone(admin, NUMBER)
    phone = admin.get_by_role("article", name=NUMBER)
    phone.get_by_label("Au canal").select_option(label="À Promotions, 438 555-0170")
    phone.get_by_role("textbox", name="Texte").fill("Bonjour, c’est pour la promotion")
    phone.get_by_role("button", name="Envoyer").click()
    return phone


def take_back(above: Page) -> None:
    above.reload()
    expect(above.get_by_role("row", name="Clinique Laurier")).to_contain_text("reçus\xa0:\xa01 · envoyés\xa0:\xa01")
    above.get_by_role("button", name="Reprendre à Clinique Laurier").click()
    expect(above.get_by_role("dialog")).to_contain_text("1 canal s’arrête aussitôt.")
    above.get_by_role("dialog").get_by_role("button", name="Reprendre").click()
    expect(above.get_by_text("Repris à Clinique Laurier.")).to_be_visible()


def posted(page: Page, words: str) -> APIResponse:
    """The answer to a reply that the page itself no longer offers."""
    (token,) = (one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")
    return page.request.post(
        f"{page.url}reply/",
        form={"text": words, "key": "7d1cbd3c-3c5b-4a5a-9d57-0d4ad3a9e0d1"},
        headers={**FRAGMENT, "X-CSRFToken": str(token)},
    )


def test_a_provider_is_lent_used_and_taken_back(desk: Desk, browser: Browser) -> None:
    above = signed_in(browser, desk.ports[0], "operateur")
    enter(above, "Distribution Nord")
    lend_a_simulator(above)
    admin = signed_in(browser, desk.ports[1], "amelie")
    make_a_channel_on_it(admin)
    phone = write_as_a_customer(admin)

    clinic = signed_in(browser, desk.ports[0], "amelie")
    row = clinic.get_by_role("link", name=NUMBER)
    expect(row).to_contain_text("Bonjour, c’est pour la promotion", timeout=SOON)
    row.click()
    reply = clinic.get_by_role("textbox", name="Message")
    reply.fill("Elle dure jusqu’à vendredi.")
    reply.press("Enter")
    expect(clinic.locator(".delivery").last).to_contain_text("livré", timeout=SOON)
    expect(phone.get_by_text("Elle dure jusqu’à vendredi.")).to_be_visible(timeout=SOON)

    take_back(above)
    expect(clinic.get_by_text("Ce canal n’est plus prêté à votre société")).to_be_visible(timeout=SOON)
    expect(reply).to_have_count(0)
    late = posted(clinic, "Encore un mot")
    assert late.status == 409
    assert "Plus rien ne peut être envoyé de ce canal." in late.text()
    expect(phone.get_by_text("Encore un mot")).to_have_count(0)
