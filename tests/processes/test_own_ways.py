"""What people set for themselves, in real browsers: a signature below their texts, a sound when a text comes in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.processes.desk import Desk
from tests.processes.test_journey import SOON, signed_in, text, toy_phone

pytestmark = [pytest.mark.processes, pytest.mark.browser]

PLAYED = """() => {
  HTMLMediaElement.prototype.play = function () { document.body.dataset.played = this.src; return Promise.resolve(); };
}"""


def test_a_text_is_signed_and_the_counter_knows(desk: Desk, browser: Browser) -> None:
    admin = signed_in(browser, desk.ports[0], "amelie")
    toy_phone(admin, "514 555-0161")
    text(admin, "514 555-0161", "Bonjour")
    admin.goto("/me/")
    admin.get_by_label("Signature").fill("Amélie, Clinique Laurier")
    admin.get_by_role("button", name="Enregistrer").first.click()
    admin.goto("/messages/")
    admin.get_by_role("link", name="514 555-0161").click()

    box, count = admin.get_by_role("textbox", name="Message"), admin.locator("#composer-slot [data-count]")
    expect(count).to_contain_text("0 / 900")
    box.fill("Oui !")
    expect(count).to_contain_text("30 / 900")
    admin.get_by_role("checkbox", name="Amélie, Clinique Laurier").uncheck()
    expect(count).to_contain_text("5 / 900")
    admin.get_by_role("checkbox", name="Amélie, Clinique Laurier").check()
    box.press("Enter")
    expect(admin.get_by_role("log").get_by_text("Oui !Amélie, Clinique Laurier")).to_be_visible(timeout=SOON)
    expect(box).to_have_value("")


def test_a_text_that_comes_in_is_heard_on_any_page(desk: Desk, browser: Browser) -> None:
    admin = signed_in(browser, desk.ports[0], "amelie")
    toy_phone(admin, "514 555-0162")
    agent, silent = signed_in(browser, desk.ports[1], "sophie"), signed_in(browser, desk.ports[0], "linh")
    silent.goto("/me/")
    silent.get_by_label("Son à l’arrivée d’un texto").uncheck()
    silent.get_by_role("button", name="Enregistrer").first.click()
    expect(silent.get_by_text("Les modifications sont enregistrées")).to_be_visible()
    # The file is there and can be played, once the person has touched the page.
    agent.locator(".brand").click()
    seconds = agent.evaluate("""async () => {
      const { ring } = await import(document.querySelector('script[src$="shell.js"]').src.replace("shell", "sound"));
      await ring();
      return 1;
    }""")
    assert seconds == 1
    for page in (agent, silent):
        with page.expect_response(lambda answer: "/live?people" in answer.url):
            page.goto("/interactions/")
        page.evaluate(PLAYED)

    text(admin, "514 555-0162", "Y a-t-il quelqu’un ?")
    expect(agent.locator("body")).to_have_attribute("data-played", re.compile("/web/sounds/arrival.wav$"), timeout=SOON)
    assert silent.locator("body[data-played]").count() == 0
