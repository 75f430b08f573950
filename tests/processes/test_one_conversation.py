"""One conversation from its first text to the archive, by every button that the guide names."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, signed_in, text, toy_phone
from tests.processes.test_writing import is_loaded, photo

pytestmark = [pytest.mark.processes, pytest.mark.browser]

NUMBER = "514 555-0172"
CHANNEL = "Accueil · 438 555-0101"


def start(admin: Page, picture: Path) -> None:
    """A new message with an emoji, and a photo from the paperclip."""
    admin.get_by_role("link", name="Messages").click()
    admin.get_by_role("button", name="Nouveau message").click()
    dialog = admin.get_by_role("dialog", name="Nouveau message")
    dialog.get_by_label("Canal").select_option(label=CHANNEL)
    dialog.get_by_label("Téléphone").fill(NUMBER)
    dialog.get_by_label("Message", exact=True).fill("Votre porte est prête ")
    expect(dialog.locator("[data-count]")).to_contain_text("21 / 900")
    dialog.get_by_role("button", name="Emojis").click()
    dialog.get_by_label("Trouver un emoji").fill("pouce")
    dialog.locator(".emoji-grid button", has_text="👍").first.click()
    admin.keyboard.press("Escape")
    with admin.expect_file_chooser() as chooser:
        dialog.get_by_title("Joindre une photo").click()
    chooser.value.set_files(picture)
    expect(dialog.locator(".upload img")).to_be_visible(timeout=SOON)
    dialog.get_by_role("button", name="Envoyer").click()


def finds_the_contact(admin: Page) -> None:
    """From the address book, and in the new message itself, which leaves alone what is written already."""
    admin.get_by_role("link", name="Contacts").click()
    admin.get_by_role("button", name="Envoyer un message à Julie Tremblay").click()
    expect(admin.get_by_role("dialog", name="Nouveau message").get_by_label("Téléphone")).to_have_value(NUMBER)
    admin.get_by_role("button", name="Annuler").click()
    admin.get_by_role("link", name="Messages").click()
    admin.get_by_role("button", name="Nouveau message").click()
    anew = admin.get_by_role("dialog", name="Nouveau message")
    anew.get_by_label("Message", exact=True).fill("Bonjour Julie")
    anew.get_by_label("Téléphone").click()
    admin.keyboard.type("tremb")
    expect(anew.get_by_role("option", name="Julie Tremblay")).to_be_visible(timeout=SOON)
    admin.keyboard.press("Enter")
    expect(anew.get_by_label("Téléphone")).to_have_value(NUMBER)
    expect(anew.get_by_label("Message", exact=True)).to_have_value("Bonjour Julie")


def test_from_the_first_text_to_the_archive(desk: Desk, browser: Browser, tmp_path: Path) -> None:
    picture = tmp_path / "porte.jpg"
    picture.write_bytes(photo("teal"))
    customer, admin = (signed_in(browser, port, "amelie") for port in desk.ports)
    toy_phone(customer, NUMBER)
    start(admin, picture)
    is_loaded(admin, "#messages .b.out img.photo")
    expect(customer.get_by_role("article", name=NUMBER)).to_contain_text("Votre porte est prête 👍", timeout=SOON)

    row = admin.get_by_role("link", name=NUMBER)
    text(customer, NUMBER, "Merci")
    expect(row).to_contain_text("En attente", timeout=SOON)
    admin.get_by_role("button", name="Lu", exact=True).click()
    expect(row).to_contain_text("Ouvert", timeout=SOON)

    row.click(button="right")
    admin.locator("#row-menu").get_by_role("button", name="Détails").click()
    details = admin.get_by_role("dialog", name="Détails")
    expect(details).to_contain_text(CHANNEL)
    details.get_by_role("button", name="Fermer la fenêtre").click()

    admin.get_by_role("button", name="Ajouter un contact").click()
    contact = admin.get_by_role("dialog", name="Ajouter un contact")
    contact.get_by_label("Nom").fill("Julie Tremblay")
    contact.get_by_role("button", name="Ajouter un contact").click()
    named = admin.locator(".row-i", has_text="Julie Tremblay")
    expect(named).to_be_visible(timeout=SOON)

    admin.get_by_role("button", name="Terminer").click()
    expect(named).to_have_count(0, timeout=SOON)
    admin.get_by_role("link", name="Interactions").click()
    admin.get_by_label("Mots ou numéro").fill("tremblay")
    expect(admin.get_by_role("row")).to_have_count(2, timeout=SOON)
    admin.get_by_role("link", name="Lire la conversation avec Julie Tremblay").click()
    expect(admin.get_by_text("Merci", exact=True)).to_be_visible()
    is_loaded(admin, ".messages .b.out img.photo")
    finds_the_contact(admin)
