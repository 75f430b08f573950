"""Every page on the narrowest screen that WCAG 2.2 asks for (1.4.10): 320 pixels, without scrolling sideways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.processes.desk import Desk, installation
from tests.processes.test_journey import signed_in

pytestmark = [pytest.mark.processes, pytest.mark.browser]

WIDTH = 320
TOO_WIDE = """() => {
    const main = document.getElementById("page");
    const wide = [document.documentElement, ...(main ? [main] : [])].some((one) => one.scrollWidth > one.clientWidth);
    if (!wide) return [];
    const beyond = [...document.body.querySelectorAll("*")].filter((one) => {
        const box = one.getBoundingClientRect();
        return box.width && box.right > innerWidth + 0.5;
    });
    return [`${Math.max(document.documentElement.scrollWidth, main?.scrollWidth ?? 0)} px`,
        ...beyond.slice(0, 6).map((one) => `${one.tagName}.${one.className?.baseVal ?? one.className}`)];
}"""


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with installation("http://127.0.0.1:1") as desk:
        desk.ask("set_up")
        yield desk


@pytest.mark.parametrize(("username", "least"), [("amelie", 30), ("operateur", 30)])
def test_no_page_is_wider_than_the_screen(desk: Desk, browser: Browser, username: str, least: int) -> None:
    page = signed_in(browser, desk.ports[0], username)
    page.set_viewport_size({"width": WIDTH, "height": 640})
    addresses = desk.ask("addresses", username=username)

    wide = {}
    for address in addresses:
        page.goto(address, wait_until="load")
        if found := page.evaluate(TOO_WIDE):
            wide[address] = found
    assert len(addresses) >= least
    assert wide == {}
