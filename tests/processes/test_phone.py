"""On a phone: what fingers touch is large enough, a swipe leads back to the list, a long press opens a line's menu."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import PASSWORD

pytestmark = [pytest.mark.processes, pytest.mark.browser]

LEAST = 44
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
PAGES = (
    "messages/",
    "interactions/",
    "contacts/",
    "contacts/lists/",
    "queues/",
    "users/",
    "hours/",
    "channels/",
    "canned-replies/",
)
SMALL = """(least) => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea")]
    .filter((one) => !one.closest("p, label") && !one.matches(".visually-hidden, .skip") && one.checkVisibility())
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.height < least || box.width < least))
    .map(([one, box]) => `${one.ariaLabel || one.textContent.trim() || one.name} ${box.width} × ${box.height}`)"""


@pytest.fixture
def phone(desk: Desk, browser: Browser) -> Iterator[Page]:
    """A small phone with the inbox open in it."""
    desk.ask("set_up")
    for number, text in (("+15145550142", "Bonjour"), ("+15145550143", "Allô")):
        desk.ask("write_in", number=number, text=text)
    context = browser.new_context(
        locale="fr-CA", base_url=f"http://127.0.0.1:{desk.ports[0]}", viewport={"width": 320, "height": 640},
        has_touch=True, is_mobile=True,
    )  # fmt: skip
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Nom d’utilisateur ou courriel").fill("amelie")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Connexion").tap()
    expect(page.locator(".row-i")).to_have_count(2)
    page.wait_for_load_state("load")
    # Before a page has been painted the browser takes no touch.
    page.evaluate(PAINTED)
    yield page
    context.close()


def test_what_fingers_touch_is_large_enough(phone: Page) -> None:
    company = phone.url.removesuffix("messages/")
    small = {}
    for name in PAGES:
        phone.goto(company + name)
        small[name] = phone.evaluate(SMALL, LEAST)
    phone.goto(company + "messages/")
    phone.locator(".row-i").first.tap()
    expect(phone.locator("text-composer").first).to_be_visible()
    small["thread"] = phone.evaluate(SMALL, LEAST)
    assert {name: found for name, found in small.items() if found} == {}


def touch(session: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


def swipe(session: CDPSession, across: float, down: float) -> None:
    """From the left of the thread's middle."""
    touch(session, "touchStart", (60, 320))
    for step in range(1, 9):
        touch(session, "touchMove", (60 + across * step / 8, 320 + down * step / 8))
    touch(session, "touchEnd")


def test_a_swipe_leads_back_to_the_list(phone: Page) -> None:
    session = phone.context.new_cdp_session(phone)
    phone.locator(".row-i").first.tap()
    composer = phone.locator("text-composer")
    expect(composer).to_be_visible()
    for across, down in ((10, 120), (50, 5), (-120, 0)):
        swipe(session, across, down)
        expect(composer).to_be_visible()
    swipe(session, 150, 8)
    expect(composer).to_have_count(0)
    expect(phone.locator(".row-i").first).to_be_visible()
    assert phone.url.endswith("/messages/")


def test_a_long_press_opens_the_menu_of_a_line_and_not_the_line(phone: Page) -> None:
    session = phone.context.new_cdp_session(phone)
    # Found and measured in one step: the line may be drawn anew at any moment, and one that is gone lies nowhere.
    box = phone.evaluate("document.querySelectorAll('.row-i')[1].getBoundingClientRect().toJSON()")
    touch(session, "touchStart", (box["x"] + 80, box["y"] + 30))
    menu = phone.locator("#row-menu")
    expect(menu).to_be_visible()
    # A text comes meanwhile: the line under the finger is drawn anew.
    phone.evaluate("(([, row]) => row.replaceWith(row.cloneNode(true)))(document.querySelectorAll('.row-i'))")
    touch(session, "touchEnd")
    expect(menu.get_by_role("button", name="Transférer")).to_be_visible()
    expect(phone.locator("text-composer")).to_have_count(0)
    phone.touchscreen.tap(300, 620)
    expect(menu).to_be_hidden()
