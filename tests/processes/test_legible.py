"""What WCAG 2.2 asks of every page, measured: by axe, light and dark; 320 pixels are wide enough, outlines are seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.processes.desk import Desk
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


AXE = Path("node_modules/axe-core/axe.min.js").read_text()
FOUND = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    const said = (id, { target, any }) => `${id}: ${target.join(" ")} ${any[0]?.message ?? ""}`;
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => said(id, node)));
}"""


def in_theme(page: Page, theme: str) -> None:
    """Pages that are opened from now on are light, or dark: one that changes its colours does so over some frames."""
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")


def findings(page: Page) -> list[str]:
    """What axe finds on the page as it stands."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(FOUND)
    return found


def is_page(page: Page, address: str) -> bool:
    """Whether a whole page stands there for who is signed in: no part of one, no file, nothing of somebody else."""
    answer = page.context.request.get(address, max_redirects=0)
    return answer.ok and answer.headers["content-type"].startswith("text/html") and "</html>" in answer.text()


@pytest.mark.parametrize(("username", "theme", "least"), [("amelie", "light", 30), ("operateur", "dark", 33)])
def test_no_page_is_wider_than_the_screen_and_axe_finds_nothing(
    desk: Desk, browser: Browser, username: str, theme: str, least: int
) -> None:
    # What is made for every address to name something, a second factor among it, is not left to the next test's people.
    username = desk.ask("twin", username=username)
    page = signed_in(browser, desk.ports[0], username)
    page.set_viewport_size({"width": WIDTH, "height": 640})
    in_theme(page, theme)
    addresses = [address for address in desk.ask("addresses", username=username) if is_page(page, address)]

    wide, found = {}, {}
    for address in addresses:
        page.goto(address)
        if beyond := page.evaluate(TOO_WIDE):
            wide[address] = beyond
        if wrong := findings(page):
            found[address] = wrong
    assert len(addresses) >= least
    assert wide == {}
    assert found == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_an_open_thread_and_its_dialogs(desk: Desk, browser: Browser, theme: str) -> None:
    desk.ask("set_up")
    desk.ask("conversation", number="+15145550142", text="Bonjour")
    page = signed_in(browser, desk.ports[0], "karim")
    in_theme(page, theme)
    page.goto("/")
    page.locator(".row-i").first.click()
    expect(page.locator("text-composer").first).to_be_visible()
    found = {"thread": findings(page)}
    head = page.locator("#thread-head")
    for name in ("Détails", "Transférer", "Pause"):
        head.get_by_role("button", name=name).first.click()
        expect(page.get_by_role("dialog").or_(page.locator(":popover-open")).first).to_be_visible()
        found[name] = findings(page)
        page.keyboard.press("Escape")
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


COLOURS = """([selector, part]) => {
    const one = document.querySelector(selector);
    const ground = (node) => {
        const colour = getComputedStyle(node).backgroundColor;
        return colour === "rgba(0, 0, 0, 0)" ? ground(node.parentElement) : colour;
    };
    return [getComputedStyle(one)[part], ground(one.parentElement)];
}"""


def luminance(colour: str) -> float:
    """Relative, of `rgb(…)` (WCAG 2.2, glossary)."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(page: Page, selector: str, part: str) -> float:
    """Between this colour of an element and what it lies on."""
    light, dark = sorted(map(luminance, page.evaluate(COLOURS, [selector, part])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_fields_and_the_focus_stand_out(desk: Desk, browser: Browser, theme: str) -> None:
    page = signed_in(browser, desk.ports[0], "amelie")
    in_theme(page, theme)
    page.goto("/channels/add/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)

    for field in ("#id_name", "#id_queue", ".form-check-input:not(:checked)"):
        assert contrast(page, field, "borderColor") >= 3, field
    for place in ("#id_name", ".form-save .btn", ".form-save .btn-primary", ".bar .btn"):
        page.locator(place).first.focus()
        page.keyboard.press("Shift")
        assert contrast(page, place, "outlineColor") >= 3, place
        assert page.locator(place).first.evaluate("one => getComputedStyle(one).outlineWidth") == "2px"


def test_people_of_a_channel_are_found_by_name_and_added_as_chips(desk: Desk, browser: Browser) -> None:
    desk.ask("many_people", count=30)
    page = signed_in(browser, desk.ports[0], "amelie")
    page.goto("/channels/")
    page.get_by_role("link", name="Modifier Marc").click()
    people = page.get_by_role("group", name="Utilisateurs").get_by_role("checkbox")
    expect(people).to_have_count(1)
    expect(page.get_by_label("Marc Bouchard")).to_be_checked()

    search = page.get_by_role("searchbox", name="Trouver une personne à ajouter")
    search.fill("elodie 0")
    expect(people).to_have_count(11)
    search.fill("elodie 07")
    search.press("Enter")
    expect(page.get_by_label("Élodie 07")).to_be_checked()
    expect(search).to_have_value("")
    expect(people).to_have_count(2)
    search.fill("zzz")
    expect(page.get_by_text("Personne de ce nom.")).to_be_visible()
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name="Modifier Marc").click()
    expect(page.get_by_label("Élodie 07")).to_be_checked()
