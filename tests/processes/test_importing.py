"""A file of contacts comes in, in a real browser: with lines that are refused, then with these mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, signed_in

pytestmark = [pytest.mark.processes, pytest.mark.browser]

FILE = """SMS_NUMBER;FULLNAME;BUSINESS;EMAIL;NOTES
514 555-0171;Zoé Lavallée;Café Zoé;;Le matin
514 555-017;Marc Hébert;;;
514 555-0171;Zoé encore;;;
"""


def choose(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("Fichier CSV").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Voir l’aperçu").click()


def counts(page: Page) -> list[str]:
    """New, updated, duplicates, invalid: once the file is read."""
    expect(page.get_by_role("button", name="Enregistrer les modifications")).to_be_visible(timeout=SOON)
    return page.locator(".tile strong").all_inner_texts()


def test_a_file_is_looked_at_saved_and_its_refused_lines_brought_again(
    desk: Desk, browser: Browser, tmp_path: Path
) -> None:
    page = signed_in(browser, desk.ports[0], "amelie")
    page.goto("/contacts/")
    page.get_by_role("link", name="Importer", exact=True).click()
    choose(page, "clients.csv", FILE.encode("cp1252"))

    assert counts(page) == ["1", "0", "1", "1"]
    expect(page.get_by_text("Windows-1252")).to_be_visible()
    expect(page.get_by_role("row", name="3 514 555-017 Ce numéro ne peut pas exister.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger les 2").click()
    page.get_by_role("button", name="Enregistrer les modifications").click()
    expect(page.get_by_text("1 contact ajouté, 0 mis à jour, 2 lignes refusées.")).to_be_visible(timeout=SOON)
    page.reload()
    expect(page.get_by_text("Terminé.")).to_be_visible()
    page.get_by_role("link", name="Voir les contacts").click()
    expect(page.get_by_role("row", name="Zoé Lavallée")).to_be_visible()

    download.value.save_as(tmp_path / "refused.csv")
    mended = (tmp_path / "refused.csv").read_bytes().replace(b"555-017,", b"555-0172,")
    page.get_by_role("link", name="Importer", exact=True).click()
    choose(page, download.value.suggested_filename, mended)
    assert counts(page) == ["1", "1", "0", "0"]
    page.get_by_role("button", name="Enregistrer les modifications").click()
    page.get_by_role("link", name="Voir les contacts").click(timeout=SOON)
    expect(page.get_by_role("row", name="Marc Hébert")).to_be_visible()
