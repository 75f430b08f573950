"""Pages that were away, in real browsers: hidden, without a network, or before a server that froze."""

from __future__ import annotations

import re
import signal
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, signed_in

pytestmark = [pytest.mark.processes, pytest.mark.browser]

HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
"""A browser without windows shows all of its pages for ever: this one says that it does not."""
PAUSED = "() => document.getElementById('live')._htmx.sse.reader === null"


def with_sent(desk: Desk, page: Page, number: str, text: str) -> Locator:
    """Opens the thread in which Sophie has sent this text; returns the mark below it, of which nothing is known yet."""
    desk.ask("silent_phone", number=number)
    desk.ask("conversation", number=number, text=text)
    page.goto("/messages/?view=mine")
    page.get_by_role("link", name=re.compile(text)).click()
    mark = page.locator(".delivery").last
    expect(mark).to_contain_text("remis", timeout=SOON)
    return mark


def as_sophie(browser: Browser, port: int, **options: Any) -> Page:
    """A browser of hers that is so, signed in."""
    state = signed_in(browser, port, "sophie").context.storage_state()
    context = browser.new_context(
        locale="fr-CA", base_url=f"http://127.0.0.1:{port}", storage_state=state, **options
    )  # fmt: skip
    return context.new_page()


def test_a_phone_that_was_asleep_shows_what_became_of_a_text(desk: Desk, browser: Browser) -> None:
    page = as_sophie(browser, desk.ports[1], is_mobile=True, has_touch=True, viewport={"width": 390, "height": 844})
    mark = with_sent(desk, page, "+15145550151", "Endormi")
    page.evaluate(HIDE, True)
    page.wait_for_function(PAUSED)

    desk.ask("report", text="Endormi", status="delivered")
    page.evaluate(HIDE, False)

    expect(mark).to_contain_text("livré", timeout=SOON)
    expect(page.locator("#lost")).to_be_hidden()


def test_a_hidden_tab_hears_of_texts_and_reads_none(desk: Desk, browser: Browser) -> None:
    page = as_sophie(browser, desk.ports[0])
    mark = with_sent(desk, page, "+15145550152", "Cachée")
    page.evaluate(HIDE, True)

    desk.ask("report", text="Cachée", status="delivered")
    desk.ask("write_in", number="+15145550152", text="Encore une question")

    row = page.get_by_role("link", name=re.compile("Encore une question"))
    expect(row).to_contain_text("1 non lu", timeout=SOON)
    expect(page).to_have_title(re.compile(r"^\([1-9]\d*\) Messages"), timeout=SOON)
    assert not page.evaluate(PAUSED)
    page.evaluate(HIDE, False)
    expect(mark).to_contain_text("livré", timeout=SOON)
    expect(page.get_by_role("log").get_by_text("Encore une question")).to_be_visible()
    expect(row).not_to_contain_text("non lu", timeout=SOON)


def test_a_lost_network_is_said_at_once_and_its_return_shows_the_present(desk: Desk, browser: Browser) -> None:
    page = as_sophie(browser, desk.ports[0])
    mark = with_sent(desk, page, "+15145550153", "Coupée")
    page.context.set_offline(True)
    expect(page.get_by_role("alert").get_by_text("Connexion perdue")).to_be_visible(timeout=3_000)

    desk.ask("report", text="Coupée", status="failed")
    page.context.set_offline(False)

    expect(page.get_by_text("La connexion est rétablie.")).to_be_visible(timeout=SOON)
    expect(page.locator("#lost")).to_be_hidden()
    expect(mark).to_contain_text("échec", timeout=SOON)


def test_a_link_on_which_nothing_comes_is_said_to_be_lost(desk: Desk, browser: Browser) -> None:
    page = as_sophie(browser, desk.ports[1])
    page.clock.install()
    mark = with_sent(desk, page, "+15145550154", "Gelée")
    lost = page.get_by_role("alert").get_by_text("Connexion perdue")
    try:
        desk.webs[1].send(signal.SIGSTOP)
        desk.ask("report", text="Gelée", status="delivered")
        page.clock.fast_forward("00:24")
        expect(lost).to_be_hidden()
        page.clock.fast_forward("00:15")
        expect(lost).to_be_visible()
    finally:
        desk.webs[1].send(signal.SIGCONT)

    expect(page.get_by_text("La connexion est rétablie.")).to_be_visible(timeout=SOON)
    expect(lost).to_be_hidden()
    expect(mark).to_contain_text("livré", timeout=SOON)
