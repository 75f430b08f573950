"""The company switcher among hundreds of companies, in real browsers; and what tabs of the company before then show."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, signed_in, text, toy_phone

pytestmark = [pytest.mark.processes, pytest.mark.browser]

COMPANIES = 300


@pytest.fixture(scope="module")
def desk(desk: Desk) -> Desk:
    desk.ask("many_companies", count=COMPANIES)
    return desk


def offers(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Sociétés").get_by_role("option")


def open_switcher(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Société :")).click()
    expect(offers(page)).to_have_count(20)


def test_one_of_hundreds_is_found_and_entered_by_the_keyboard_alone(desk: Desk, browser: Browser) -> None:
    page = signed_in(browser, desk.ports[0], "rene")
    page.goto("/users/")
    page.get_by_role("button", name=re.compile("^Société :")).focus()
    page.keyboard.press("Enter")
    options = offers(page)
    expect(options).to_have_count(20)
    expect(page.get_by_role("combobox", name="Trouver une société")).to_be_focused()
    expect(options.first).to_have_attribute("aria-selected", "true")

    page.keyboard.type("client 029")
    expect(options).to_have_count(11)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(options.and_(page.locator("[aria-selected]"))).to_contain_text("Client 0291")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.and_(page.locator("[aria-selected]"))).to_contain_text("Client 0029")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Société consultée")).to_contain_text("Client 0029")
    expect(page.get_by_role("button", name="Société : Client 0029. Changer")).to_be_visible()


def test_nothing_found_is_said_and_escape_leaves(desk: Desk, browser: Browser) -> None:
    page = signed_in(browser, desk.ports[0], "rene")
    open_switcher(page)
    page.keyboard.type("zzz")
    expect(page.get_by_text("Aucune société ne porte ce nom.")).to_be_visible()
    page.keyboard.press("Enter")
    # The first empties the field, as in every search.
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#companies")).to_be_hidden()
    expect(page.get_by_role("complementary", name="Société consultée")).to_have_count(0)


def test_a_tab_of_the_company_before_follows_into_the_new_one(desk: Desk, browser: Browser) -> None:
    admin = signed_in(browser, desk.ports[1], "amelie")
    toy_phone(admin, "514 555-0151")
    page = signed_in(browser, desk.ports[0], "rene")
    inbox, form = page.context.new_page(), page.context.new_page()
    enter(page, "Clinique Laurier")
    for tab in (inbox, form):
        tab.goto("/messages/" if tab is inbox else "/users/add/")
        expect(tab.get_by_role("button", name="Société : Clinique Laurier. Changer")).to_be_visible()

    enter(page, "Client 0042")
    for tab in (inbox, form):
        expect(tab.get_by_role("button", name="Société : Client 0042. Changer")).to_be_visible(timeout=SOON)
    text(admin, "514 555-0151", "Pour la clinique")
    expect(admin.get_by_role("article", name="514 555-0151").get_by_text("Pour la clinique")).to_be_visible()
    enter(page, "Clinique Laurier")
    expect(inbox.get_by_role("link", name="514 555-0151")).to_contain_text("Pour la clinique", timeout=SOON)


def enter(page: Page, name: str) -> None:
    open_switcher(page)
    page.keyboard.type(name)
    expect(offers(page).filter(has_text=name).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"Société : {name}. Changer")).to_be_visible()
