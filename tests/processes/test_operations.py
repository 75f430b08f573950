"""Three people at work on the same conversations: what one does the others see, and what was done is undone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, give, signed_in

pytestmark = [pytest.mark.processes, pytest.mark.browser]

NUMBER = "819 555-0123"
COLOUR = "(dot) => getComputedStyle(dot).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number)"


@pytest.fixture(autouse=True)
def written(desk: Desk) -> None:
    desk.ask("write_in", number="+18195550123", text="Avez-vous une place demain ?")


def row(page: Page) -> Locator:
    return page.locator(".row-i", has_text=NUMBER)


def is_marked(row: Locator, words: str) -> None:
    """Below the number stand a red dot and these words."""
    expect(row.locator(".row-to")).to_have_text(words, timeout=SOON)
    number, mark = row.locator(".row-who").bounding_box(), row.locator(".row-to").bounding_box()
    assert number
    assert mark
    assert mark["y"] >= number["y"] + number["height"] - 1
    red, green, blue = row.locator(".dot").evaluate(COLOUR)
    assert red > 2 * max(green, blue)


def test_what_is_given_is_taken_recovered_and_ended(desk: Desk, browser: Browser) -> None:
    manager = signed_in(browser, desk.ports[0], "karim")
    agent = signed_in(browser, desk.ports[1], "sophie")
    colleague = signed_in(browser, desk.ports[0], "linh")
    row(manager).click()
    give(manager, "Sophie Roy")
    expect(manager.locator("#toasts")).to_contain_text("Transférée à Sophie Roy")
    for page in (manager, agent, colleague):
        is_marked(row(page), "À prendre · Sophie Roy")
    expect(agent.locator("#toasts")).to_contain_text(
        f"À prendre : la conversation avec {NUMBER} vous a été transférée."
    )
    expect(agent.locator("#menu-offered")).to_contain_text("1")
    expect(colleague.locator("#menu-offered")).to_be_hidden()

    row(agent).click()
    agent.get_by_role("button", name="Prendre", exact=True).click()
    for page in (manager, agent, colleague):
        expect(row(page)).not_to_contain_text("À prendre", timeout=SOON)
        expect(row(page).locator(".dot")).to_have_count(0)
    expect(agent.locator("#menu-offered")).to_be_hidden()

    manager.get_by_role("button", name="Récupérer").click()
    expect(row(agent)).to_contain_text("Karim Haddad", timeout=SOON)
    expect(agent.get_by_text("Karim Haddad a pris cette conversation.")).to_be_visible(timeout=SOON)

    manager.get_by_role("button", name="Terminer").click()
    expect(row(colleague)).to_have_count(0, timeout=SOON)
    manager.locator("[data-toast]", has_text="terminée").get_by_role("button", name="Annuler").click()
    expect(row(colleague)).to_be_visible(timeout=SOON)
    expect(manager.get_by_role("textbox", name="Message")).to_be_visible(timeout=SOON)


def test_all_of_it_goes_by_the_keyboard_from_the_row(desk: Desk, browser: Browser) -> None:
    manager = signed_in(browser, desk.ports[0], "karim")
    manager.wait_for_load_state("load")
    row(manager).focus()
    manager.keyboard.press("Shift+F10")
    menu = manager.locator("#row-menu")
    expect(menu.get_by_role("button", name="Lu")).to_be_focused()
    menu.get_by_role("button", name="Pause").focus()
    manager.keyboard.press("Enter")
    dialog = manager.get_by_role("dialog", name="Mettre en pause")
    dialog.get_by_label("Sans date").check()
    manager.keyboard.press("Enter")
    expect(row(manager)).to_contain_text("En pause", timeout=SOON)
    manager.locator("#menu-views [data-view=paused]").click()
    expect(manager).to_have_url(re.compile("view=paused"))
    expect(row(manager)).to_be_visible()
    row(manager).click(button="right")
    menu.get_by_role("button", name="Reprendre").click()
    expect(row(manager)).to_have_count(0, timeout=SOON)


def test_a_note_is_not_sent(desk: Desk, browser: Browser) -> None:
    manager = signed_in(browser, desk.ports[0], "karim")
    row(manager).click()
    expect(manager.get_by_role("textbox", name="Message")).to_be_visible(timeout=SOON)
    manager.locator("#messages").focus()
    manager.keyboard.press("m")
    manager.get_by_role("textbox", name="Message").fill("Elle préfère l’après-midi.")
    expect(manager.get_by_role("button", name="Ajouter la note")).to_be_visible()
    manager.reload()
    # Enter would send it to the customer, were it a reply now.
    expect(manager.get_by_role("button", name="Ajouter la note")).to_be_visible(timeout=SOON)
    manager.wait_for_load_state("load")
    manager.get_by_role("textbox", name="Message").press("Enter")
    expect(manager.locator(".b.note")).to_contain_text("Elle préfère l’après-midi.", timeout=SOON)
    expect(manager.get_by_role("button", name="Envoyer")).to_be_visible()
    assert "Elle préfère l’après-midi." not in desk.ask("outbound")
