"""A text goes all the way round in real browsers, over two servers and two workers."""

from __future__ import annotations

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from tests.processes.desk import Desk

pytestmark = [pytest.mark.processes, pytest.mark.browser]

PASSWORD = "bonjour-scopchat"
SOON = 10_000
"""Milliseconds a page may take to show what happened elsewhere; `./dev bench live` measures how long it takes."""


def signed_in(browser: Browser, port: int, username: str) -> Page:
    """A browser of this person's own, signed in through the page."""
    page = browser.new_context(locale="fr-CA", base_url=f"http://127.0.0.1:{port}").new_page()
    page.goto("/")
    page.get_by_label("Nom d’utilisateur ou courriel").fill(username)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Connexion").click()
    expect(page.get_by_role("heading", name="Connexion")).to_have_count(0)
    return page


def toy_phone(admin: Page, number: str) -> None:
    admin.goto("/simulator/")
    admin.get_by_placeholder("514 555-0142").fill(number)
    admin.get_by_role("button", name="Ajouter un téléphone").click()


def text(admin: Page, number: str, words: str, *, to: str = "Accueil, 438 555-0101") -> None:
    """Writes to the company from a toy phone."""
    phone = admin.get_by_role("article", name=number)
    phone.get_by_label("Au canal").select_option(label=f"À {to}")
    phone.get_by_role("textbox", name="Texte").fill(words)
    phone.get_by_role("button", name="Envoyer").click()


HELD = "() => new Promise((done) => window.addEventListener('held', () => done(), { once: true }))"


class Held:
    """The next answer to a request of a page, held back once the server has given it."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._address = page, address
        self._held: list[tuple[Route, APIResponse]] = []
        page.route(address, self._hold)

    def _hold(self, route: Route) -> None:
        self._held.append((route, route.fetch()))
        self._page.evaluate("() => { window.dispatchEvent(new Event('held')); }")

    def wait(self) -> None:
        """Returns once the server has answered."""
        if not self._held:
            self._page.evaluate(HELD)

    def release(self) -> None:
        """Lets the page have it, as it was."""
        for route, answer in self._held:
            route.fulfill(response=answer)
        self._page.unroute(self._address)


def give(page: Page, name: str) -> None:
    """Gives the open conversation to a colleague."""
    page.get_by_role("button", name="Transférer").click()
    page.locator("#people label", has_text=name).click()
    page.get_by_role("button", name=f"Transférer à {name}").click()


def test_a_text_goes_all_the_way_round(desk: Desk, browser: Browser) -> None:
    admin = signed_in(browser, desk.ports[0], "amelie")
    manager = signed_in(browser, desk.ports[1], "karim")
    agent = signed_in(browser, desk.ports[1], "sophie")
    outsider = signed_in(browser, desk.ports[0], "paul")
    toy_phone(admin, "514 555-0142")

    phone = admin.get_by_role("article", name="514 555-0142")
    text(admin, "514 555-0142", "Bonjour, êtes-vous ouverts ?")

    row = agent.get_by_role("link", name="514 555-0142")
    expect(row).to_contain_text("Bonjour, êtes-vous ouverts ?", timeout=SOON)
    expect(row).to_contain_text("En attente")

    manager.get_by_role("link", name="514 555-0142").click()
    give(manager, "Sophie Roy")

    row.click()
    reply = agent.get_by_role("textbox", name="Message")
    expect(reply).to_be_visible(timeout=SOON)
    reply.fill("Oui, jusqu’à 18 h !")
    reply.press("Enter")

    bubble = agent.get_by_role("log").get_by_text("Oui, jusqu’à 18 h !")
    expect(bubble).to_be_visible(timeout=SOON)
    expect(phone.get_by_text("Oui, jusqu’à 18 h !")).to_be_visible(timeout=SOON)
    mark = agent.locator(".delivery").last
    expect(mark).to_contain_text("livré", timeout=SOON)
    expect(row).to_contain_text("Ouvert")
    expect(manager.locator(".delivery").last).to_contain_text("livré", timeout=SOON)

    expect(outsider.get_by_text("Tout est à jour")).to_be_visible()
    address = agent.url.replace(str(desk.ports[1]), str(desk.ports[0]))
    answer = outsider.goto(address)
    assert answer is not None
    assert answer.status == 404


def test_a_thread_that_changes_on_its_way_to_the_page_is_shown_as_it_is(desk: Desk, browser: Browser) -> None:
    admin = signed_in(browser, desk.ports[0], "amelie")
    agent = signed_in(browser, desk.ports[1], "sophie")
    manager = signed_in(browser, desk.ports[0], "karim")
    toy_phone(admin, "514 555-0143")
    text(admin, "514 555-0143", "Une question")
    row = agent.get_by_role("link", name="514 555-0143")
    expect(row).to_contain_text("Une question", timeout=SOON)
    address = row.get_attribute("href")

    held = Held(agent, f"**{address}*")
    row.click()
    held.wait()
    manager.get_by_role("link", name="514 555-0143").click()
    give(manager, "Sophie Roy")
    expect(row).to_contain_text("Sophie Roy", timeout=SOON)
    held.release()

    expect(agent.get_by_role("textbox", name="Message")).to_be_visible(timeout=SOON)


def test_a_list_on_its_way_to_the_page_hides_nothing_that_came_meanwhile(desk: Desk, browser: Browser) -> None:
    admin = signed_in(browser, desk.ports[0], "amelie")
    agent = signed_in(browser, desk.ports[1], "sophie")
    toy_phone(admin, "514 555-0144")
    row = agent.get_by_role("link", name="514 555-0144")

    held = Held(agent, "**/messages/?*view=free*")
    agent.locator("#menu-views [data-view=free]").click()
    held.wait()
    text(admin, "514 555-0144", "Nouveau")
    expect(row).to_contain_text("Nouveau", timeout=SOON)
    expect(agent.locator("#announcer")).to_have_text("Nouveau message de 514 555-0144 : Nouveau")
    held.release()

    expect(agent.get_by_role("link", name="514 555-0143")).to_have_count(0, timeout=SOON)
    expect(row).to_contain_text("Nouveau")


def test_a_row_that_does_not_belong_in_the_view_stays_out_until_it_does(desk: Desk, browser: Browser) -> None:
    admin = signed_in(browser, desk.ports[0], "amelie")
    agent = signed_in(browser, desk.ports[1], "sophie")
    manager = signed_in(browser, desk.ports[0], "karim")
    toy_phone(admin, "514 555-0145")
    agent.goto("/messages/?view=mine")
    row = agent.get_by_role("link", name="514 555-0145")
    free = agent.locator("#menu-views [data-count=free]")
    before = int(free.inner_text() or 0)

    text(admin, "514 555-0145", "À qui ?")
    expect(free).to_have_text(str(before + 1), timeout=SOON)
    expect(row).to_have_count(0)
    manager.get_by_role("link", name="514 555-0145").click()
    give(manager, "Sophie Roy")
    expect(row).to_contain_text("À qui ?", timeout=SOON)
