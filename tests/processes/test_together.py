"""People at one desk, each with a page open: they reach for the same, a queue gives out, nobody sees to somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, give, signed_in
from tests.processes.test_returning import HIDE
from tests.processes.test_signing_out import log_out

pytestmark = [pytest.mark.processes, pytest.mark.browser]

BACK = 30_000
"""Milliseconds in which a server has started again on a busy machine."""


class Team(NamedTuple):
    """Their open pages: the manager's, the agents', and the administrator's list of queues."""

    karim: Page
    sophie: Page
    linh: Page
    amelie: Page


@pytest.fixture(scope="module")
def team(desk: Desk, chromium: Browser) -> Iterator[Team]:
    """Signed in once for all of these tests; Sophie on a server of her own."""
    team = Team(*(signed_in(chromium, desk.ports[name == "sophie"], name) for name in Team._fields))
    team.amelie.goto("/queues/")
    yield team
    for page in team:
        page.context.close()


def row(page: Page, number: str) -> Locator:
    return page.locator(".row-i", has_text=number)


class Late:
    """The next request of a page to an address, which does not leave before it is let go."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._address = page, address
        self._held: list[Route] = []
        page.route(address, self._hold)

    def _hold(self, route: Route) -> None:
        self._held.append(route)

    def go(self) -> None:
        for route in self._held:
            route.continue_()
        self._page.unroute(self._address)


def test_of_two_who_take_it_at_once_one_is_told_who_has_it(desk: Desk, team: Team) -> None:
    """What Sophie releases is for all members to take, herself among them, and for the manager."""
    desk.ask("write_in", number="+18195550201", text="Une place demain ?")
    for page in (team.sophie, team.linh, team.karim):
        row(page, "819 555-0201").click()
    expect(team.sophie.get_by_text("Personne n’a encore pris cette conversation.")).to_be_visible(timeout=SOON)
    give(team.karim, "Sophie Roy")
    team.sophie.get_by_role("button", name="Prendre", exact=True).click()
    team.sophie.get_by_role("button", name="Libérer").click()
    expect(team.linh.get_by_role("button", name="Prendre", exact=True)).to_be_visible(timeout=SOON)

    # Their clicks are under way when hers is first; their pages have shown that before they are answered.
    late = [(page, Late(page, "**/take/")) for page in (team.linh, team.karim)]
    for page, _click in late:
        page.get_by_role("button", name="Prendre", exact=True).click()
    team.sophie.get_by_role("button", name="Prendre", exact=True).click()
    for page, click in late:
        expect(page.locator("#thread-head .thread-place")).to_contain_text("Sophie Roy", timeout=SOON)
        click.go()
        expect(page.locator("#toasts")).to_contain_text("Sophie Roy a déjà cette conversation.", timeout=SOON)


def test_who_waits_too_long_is_brought_to_the_manager(desk: Desk, team: Team) -> None:
    desk.ask("write_in", number="+18195550202", text="Y a-t-il quelqu’un ?")
    desk.ask("told_to_managers", number="+18195550202")
    expect(team.karim.locator("#toasts")).to_contain_text(
        "Personne ne s’occupe de la conversation avec 819 555-0202.", timeout=SOON
    )
    for page in (team.karim, team.sophie):
        expect(row(page, "819 555-0202")).to_contain_text("Signalée aux gestionnaires", timeout=SOON)
    expect(team.karim.locator("#menu-views [data-count=escalated]")).to_have_text("1", timeout=SOON)
    queue = team.amelie.get_by_role("row", name="Accueil")
    expect(queue.locator("td").nth(1)).to_contain_text("1")
    people = queue.get_by_role("link", name="Agents de Accueil")
    people.focus()
    assert "Personne ne s’occupe" not in team.sophie.locator("#toasts").inner_text()

    team.karim.locator("#menu-views [data-view=escalated]").click()
    expect(team.karim.locator("#view-name")).to_contain_text("Signalées")
    row(team.karim, "819 555-0202").click()
    expect(team.karim.get_by_text("a été signalée aux gestionnaires")).to_be_visible()
    team.karim.get_by_role("button", name="Prendre", exact=True).click()
    expect(row(team.karim, "819 555-0202")).to_have_count(0, timeout=SOON)
    expect(row(team.sophie, "819 555-0202")).not_to_contain_text("Signalée", timeout=SOON)
    expect(queue.locator("td").nth(1)).to_contain_text("0", timeout=SOON)
    expect(people).to_be_focused()
    team.karim.locator("#menu-views [data-view=all]").click()


def test_a_queue_gives_out_and_what_one_leaves_another_has(desk: Desk, team: Team) -> None:
    agents = {"Sophie Roy": team.sophie, "Linh Nguyen": team.linh}
    under_way, there = (team.amelie.get_by_role("row", name="Accueil").locator("td").nth(place) for place in (3, 4))
    team.amelie.evaluate(HIDE, True)
    desk.ask("distribute", grace=0)
    for number in ("+18195550203", "+18195550204"):
        desk.ask("write_in", number=number, text="Bonjour")
    for name, page in agents.items():
        expect(page.locator("#toasts")).to_contain_text(
            re.compile("File Accueil : conversation proposée, 819 555-020[34]"), timeout=SOON
        )
        expect(page.locator("#menu-offered")).to_contain_text("1")
        expect(team.karim.locator(".row-i", has_text=f"À prendre · {name}")).to_have_count(1)

    team.sophie.locator(".row-i", has_text="À prendre · Sophie Roy").click()
    team.sophie.get_by_role("button", name="Prendre", exact=True).click()
    left = team.karim.locator(".row-i", has_text="À prendre")
    expect(left).to_have_count(1, timeout=SOON)
    expect(left).to_contain_text("Linh Nguyen")
    expect(team.sophie.locator("#menu-offered")).to_be_hidden()
    left.click()
    # Nothing is fetched for a tab that nobody sees; who comes back to it sees the present.
    expect(under_way).to_have_text("2")
    team.amelie.evaluate(HIDE, False)
    expect(under_way).to_have_text("4", timeout=SOON)
    expect(there).to_contain_text("2 sur 2")
    log_out(team.linh)
    expect(there).to_contain_text("1 sur 2", timeout=SOON)
    desk.ask("look")
    expect(team.karim.get_by_text("est revenue aux membres, en l’absence de Linh Nguyen")).to_be_visible(timeout=SOON)
    expect(left).to_contain_text("Sophie Roy", timeout=SOON)
    expect(team.sophie.locator("#menu-offered")).to_contain_text("1", timeout=SOON)
    expect(team.sophie.locator(".row-i", has_text="À prendre · Sophie Roy")).to_have_count(1)


def test_a_server_that_is_replaced_is_missed_and_nothing_else(desk: Desk, team: Team) -> None:
    desk.ask("write_in", number="+18195550205", text="Avant")
    row(team.sophie, "819 555-0205").click()
    expect(team.sophie.get_by_role("log").get_by_text("Avant")).to_be_visible(timeout=SOON)
    desk.webs[1].stop()
    expect(team.sophie.get_by_role("alert").get_by_text("Connexion perdue")).to_be_visible(timeout=SOON)
    desk.ask("write_in", number="+18195550205", text="Pendant")
    desk.ask("write_in", number="+18195550206", text="Un autre")
    expect(row(team.karim, "819 555-0206")).to_be_visible(timeout=SOON)

    desk.webs[1].start()
    expect(team.sophie.get_by_role("log").get_by_text("Pendant")).to_be_visible(timeout=BACK)
    expect(row(team.sophie, "819 555-0206")).to_be_visible()
    expect(team.sophie.get_by_text("La connexion est rétablie.")).to_be_visible()
    expect(team.sophie.locator("#lost")).to_be_hidden()
