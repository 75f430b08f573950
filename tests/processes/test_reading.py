"""A long talk read in a real browser: where it opens, words found far up in it, and one's place kept meanwhile."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, signed_in

pytestmark = [pytest.mark.processes, pytest.mark.browser]

TEXTS = 120
SHOWN = """() => [...document.querySelectorAll("#messages .b")].map((one) => one.textContent.trim())"""
AT = "(one) => one.getBoundingClientRect().top - document.getElementById('messages').getBoundingClientRect().top"


def opened(desk: Desk, browser: Browser, digits: str) -> Page:
    """Karim has opened a talk of 60 texts that are over and 120 under way, of which 20 are unread."""
    desk.ask("long_talk", number=f"+1514555{digits}", earlier=60, texts=TEXTS, unread=20)
    page = signed_in(browser, desk.ports[0], "karim")
    page.get_by_role("link", name=f"514 555-{digits}").click()
    expect(text(page, f"texte {TEXTS - 1}")).to_be_attached(timeout=SOON)
    # Until its scripts run a page hears no keys.
    page.wait_for_load_state("load")
    return page


def text(page: Page, words: str) -> Locator:
    return page.get_by_role("log").get_by_text(words, exact=True)


def test_it_opens_where_the_unread_begins_and_says_what_comes_below(desk: Desk, browser: Browser) -> None:
    page = opened(desk, browser, "0161")
    line = page.get_by_role("separator", name="Non lus")
    expect(text(page, "texte 100")).to_be_in_viewport()
    expect(text(page, f"texte {TEXTS - 1}")).not_to_be_in_viewport()
    above, below = (line.evaluate(AT), text(page, "texte 100").evaluate(AT))
    assert 0 < above < below

    for words in ("Un", "Deux"):
        desk.ask("write_in", number="+15145550161", text=words)
    more = page.get_by_role("button", name="2 nouveaux")
    expect(more).to_be_visible(timeout=SOON)
    expect(line).to_be_visible()
    assert text(page, "texte 100").evaluate(AT) == below
    more.click()
    expect(text(page, "Deux")).to_be_in_viewport()
    expect(more).to_be_hidden()


def test_words_are_found_far_up_and_the_talk_goes_on_from_there(desk: Desk, browser: Browser) -> None:
    page = opened(desk, browser, "0162")
    page.keyboard.press("f")
    page.keyboard.type("AVANT 3")
    search = page.locator("#thread-search output")
    expect(search).to_have_text("1 sur 11", timeout=SOON)
    expect(text(page, "avant 39")).to_be_in_viewport(timeout=SOON)
    page.keyboard.press("ArrowDown")
    expect(search).to_have_text("11 sur 11")
    found = page.locator(".is-found")
    expect(found).to_have_text("avant 3")
    expect(found).to_be_in_viewport(timeout=SOON)
    page.keyboard.press("Enter")
    expect(search).to_have_text("1 sur 11")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Chercher")).to_be_focused()
    expect(found).to_have_count(0)

    text(page, "avant 59").scroll_into_view_if_needed()
    expect(text(page, "texte 49")).to_be_attached(timeout=SOON)
    shown = page.evaluate(SHOWN)
    assert shown[-TEXTS:] == [f"texte {place}" for place in range(TEXTS)]
    assert shown[-TEXTS - 1] == "avant 59"


def test_what_is_read_stays_in_its_place_when_more_is_put_above(desk: Desk, browser: Browser) -> None:
    page = opened(desk, browser, "0163")
    page.get_by_role("button", name="Messages précédents").scroll_into_view_if_needed()
    expect(text(page, "texte 0")).to_be_attached(timeout=SOON)
    expect(text(page, "texte 50")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Conversation précédente")).to_be_attached()
