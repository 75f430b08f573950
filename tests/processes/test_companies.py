"""The company switcher among hundreds, two tabs in two companies, and copied addresses, in real browsers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import PASSWORD, SOON, signed_in, text, toy_phone

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


BAKERY = "Boulangerie, 438 555-0199"


def test_two_tabs_show_two_companies_and_each_hears_of_its_own(desk: Desk, browser: Browser) -> None:
    amelie, paul = signed_in(browser, desk.ports[1], "amelie"), signed_in(browser, desk.ports[1], "paul")
    toy_phone(amelie, "514 555-0151")
    toy_phone(paul, "514 555-0152")
    clinic = signed_in(browser, desk.ports[0], "rene")
    enter(clinic, "Clinique Laurier")
    bakery = clinic.context.new_page()
    bakery.goto("/")
    enter(bakery, "Boulangerie du Parc")

    text(amelie, "514 555-0151", "Pour la clinique")
    text(paul, "514 555-0152", "Pour la boulangerie", to=BAKERY)
    ours, theirs = (tab.get_by_role("link", name=re.compile("514 555-015")) for tab in (clinic, bakery))
    expect(ours).to_contain_text("Pour la clinique", timeout=SOON)
    expect(theirs).to_contain_text("Pour la boulangerie", timeout=SOON)
    for tab, row in ((clinic, ours), (bakery, theirs)):
        expect(row).to_have_count(1)
        expect(tab.locator("#menu-views [data-count=all]")).to_have_text("1", timeout=SOON)
        row.click()
        expect(tab.get_by_role("log")).to_be_visible()

    text(amelie, "514 555-0151", "Encore la clinique")
    text(paul, "514 555-0152", "Encore la boulangerie", to=BAKERY)
    for tab, words, name in ((clinic, "clinique", "Clinique Laurier"), (bakery, "boulangerie", "Boulangerie du Parc")):
        expect(tab.get_by_role("log").get_by_text(f"Encore la {words}")).to_be_visible(timeout=SOON)
        tab.reload()
        expect(tab.get_by_role("log").get_by_text(f"Encore la {words}")).to_be_visible()
        expect(tab.get_by_role("button", name=f"Société : {name}. Changer")).to_be_visible()


def test_a_copied_address_opens_the_same_page_for_who_may_see_it_and_nobody_else(desk: Desk, browser: Browser) -> None:
    amelie = signed_in(browser, desk.ports[0], "amelie")
    toy_phone(amelie, "514 555-0153")
    text(amelie, "514 555-0153", "Une adresse")
    amelie.goto("/messages/")
    amelie.get_by_role("link", name="514 555-0153").click()
    expect(amelie.get_by_role("log").get_by_text("Une adresse")).to_be_visible(timeout=SOON)
    address = amelie.url

    colleague, above = signed_in(browser, desk.ports[0], "karim"), signed_in(browser, desk.ports[0], "rene")
    for page in (colleague, above):
        page.goto(address)
        expect(page.get_by_role("log").get_by_text("Une adresse")).to_be_visible()
    expect(above.get_by_role("complementary", name="Société consultée")).to_contain_text("Clinique Laurier")

    stranger = browser.new_context(locale="fr-CA").new_page()
    stranger.goto(address)
    stranger.get_by_label("Nom d’utilisateur ou courriel").fill("linh")
    stranger.get_by_label("Mot de passe").fill(PASSWORD)
    stranger.get_by_role("button", name="Connexion").click()
    expect(stranger.get_by_role("log").get_by_text("Une adresse")).to_be_visible()
    assert stranger.url == address

    answer = signed_in(browser, desk.ports[0], "paul").goto(address)
    assert answer is not None
    assert answer.status == 404


def enter(page: Page, name: str) -> None:
    open_switcher(page)
    page.keyboard.type(name)
    expect(offers(page).filter(has_text=name).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"Société : {name}. Changer")).to_be_visible()
