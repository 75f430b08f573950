"""Logging out in real browsers: every other page of the account ends by itself, and the back button shows nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, signed_in

pytestmark = [pytest.mark.processes, pytest.mark.browser]


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Vos préférences").click()
    page.get_by_role("button", name="Déconnexion").click()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()


def test_pages_of_the_account_end_everywhere_by_themselves(desk: Desk, browser: Browser) -> None:
    here = signed_in(browser, desk.ports[0], "sophie")
    elsewhere = signed_in(browser, desk.ports[1], "sophie")
    colleague = signed_in(browser, desk.ports[1], "linh")
    expect(elsewhere.get_by_role("searchbox")).to_be_visible()
    log_out(here)
    expect(elsewhere.get_by_role("heading", name="Connexion")).to_be_visible(timeout=SOON)
    expect(colleague.get_by_role("searchbox")).to_be_visible()


def test_other_tabs_of_the_browser_end_though_nothing_happens_in_them(desk: Desk, browser: Browser) -> None:
    here = signed_in(browser, desk.ports[0], "amelie")
    tab = here.context.new_page()
    tab.goto("/channels/")
    log_out(here)
    expect(tab.get_by_role("heading", name="Connexion")).to_be_visible(timeout=SOON)


def test_the_back_button_shows_nothing(desk: Desk, browser: Browser) -> None:
    page = signed_in(browser, desk.ports[0], "amelie")
    page.goto("/channels/")
    expect(page.get_by_role("heading", name="Canaux")).to_be_visible()
    page.evaluate("localStorage.setItem('draft:1', 'secret')")
    log_out(page)
    assert page.evaluate("localStorage.length") == 0
    for _step in range(2):
        page.go_back()
        expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
        expect(page.get_by_role("heading", name="Canaux")).to_have_count(0)
        assert "Clinique Laurier" not in page.content()
