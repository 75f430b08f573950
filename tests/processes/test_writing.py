"""Writing in real browsers: photos both ways, canned replies by keyboard, one draft in two windows, and STOP."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, signed_in, text, toy_phone

pytestmark = [pytest.mark.processes, pytest.mark.browser]

DROP = """async ([selector, bytes]) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], "porte.jpg", { type: "image/jpeg" }));
  for (const kind of ["dragover", "drop"]) {
    const event = new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true });
    document.querySelector(selector).dispatchEvent(event);
  }
}"""


def photo(color: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 48), color).save(written, "JPEG")
    return written.getvalue()


def is_loaded(page: Page, image: str) -> None:
    """The browser has the picture, not just its place."""
    expect(page.locator(image).last).to_be_visible(timeout=SOON)
    expect(page.locator(image).last).to_have_js_property("naturalWidth", 64, timeout=SOON)


def test_photos_go_both_ways(desk: Desk, browser: Browser, tmp_path: Path) -> None:
    admin, manager = signed_in(browser, desk.ports[0], "amelie"), signed_in(browser, desk.ports[1], "karim")
    toy_phone(admin, "514 555-0160")
    text(admin, "514 555-0160", "Voici la porte")
    taken = tmp_path / "porte.jpg"
    taken.write_bytes(photo("teal"))
    phone = admin.get_by_role("article", name="514 555-0160")
    phone.locator("[name=photo]").set_input_files(taken)

    manager.get_by_role("link", name="514 555-0160").click()
    is_loaded(manager, "#messages .b:not(.out) img.photo")
    manager.locator("a[data-photo]").last.click()
    expect(manager.get_by_role("dialog", name="Photo")).to_be_visible()
    manager.keyboard.press("Escape")

    manager.evaluate(DROP, ["#messages", [*photo("olive")]])
    is_loaded(manager, ".upload img")
    manager.get_by_role("button", name="Envoyer").click()
    is_loaded(manager, "#messages .b.out img.photo")
    expect(manager.locator(".upload")).to_have_count(0)
    is_loaded(admin, ".toy .b:not(.out) img.photo")
    expect(manager.locator(".delivery").last).to_contain_text("livré", timeout=SOON)


def test_a_session_with_the_keyboard_alone(desk: Desk, browser: Browser) -> None:
    admin, manager = signed_in(browser, desk.ports[0], "amelie"), signed_in(browser, desk.ports[1], "karim")
    admin.goto("/canned-replies/add/")
    admin.get_by_label("Nom").fill("heures ouverture")
    admin.get_by_label("Texte").fill("De 8 h à 17 h. — {agent}")
    admin.get_by_role("button", name="Ajouter").click()
    toy_phone(admin, "514 555-0161")
    text(admin, "514 555-0161", "Quelles sont vos heures ?")

    row = manager.get_by_role("link", name="514 555-0161")
    expect(row).to_contain_text("Quelles sont vos heures", timeout=SOON)
    manager.keyboard.press("j")
    box = manager.get_by_role("textbox", name="Message")
    expect(box).to_be_visible(timeout=SOON)
    manager.keyboard.press("r")
    manager.keyboard.type("Bonjour ! /ouv")
    expect(manager.get_by_role("option", name="heures-ouverture")).to_be_visible(timeout=SOON)
    manager.keyboard.press("Enter")
    expect(box).to_have_value("Bonjour ! De 8 h à 17 h. — Karim Haddad")

    # The same draft in another window of the same person, until one of the two sends it.
    other = manager.context.new_page()
    other.goto(manager.url)
    expect(other.get_by_role("textbox", name="Message")).to_have_value("Bonjour ! De 8 h à 17 h. — Karim Haddad")
    manager.keyboard.press("Enter")
    expect(manager.locator(".delivery").last).to_contain_text("livré", timeout=SOON)
    expect(other.get_by_role("textbox", name="Message")).to_have_value("", timeout=SOON)
    expect(other.locator("#messages .b.out")).to_have_count(1)


def test_who_texts_stop_is_told_so_and_the_next_thread_says_it(desk: Desk, browser: Browser) -> None:
    admin, manager = signed_in(browser, desk.ports[0], "amelie"), signed_in(browser, desk.ports[1], "karim")
    toy_phone(admin, "514 555-0162")
    phone = admin.get_by_role("article", name="514 555-0162")
    text(admin, "514 555-0162", "Arrêt")
    expect(phone.get_by_text("vous ne recevrez plus nos envois")).to_be_visible(timeout=SOON)
    expect(manager.get_by_role("link", name="514 555-0162")).to_have_count(0)
    text(admin, "514 555-0162", "Une question quand même")
    manager.get_by_role("link", name="514 555-0162").click()
    expect(manager.get_by_role("note")).to_contain_text("Désinscrit des envois de masse", timeout=SOON)
