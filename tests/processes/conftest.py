"""The browser of the journeys, and the installation that they share."""

from __future__ import annotations

import email
import email.policy
import os
import queue
import shutil
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, sync_playwright

from scopchat.ops.postgres.external import free_port
from tests.processes.desk import Desk, installation

SENDER = "Bureau <bureau@exemple.test>"


class Letterbox:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.port = free_port()
        self.came: queue.Queue[EmailMessage] = queue.Queue()

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        content = envelope.content  # type: ignore[attr-defined]
        self.came.put(email.message_from_bytes(content, EmailMessage, policy=email.policy.default))
        return "250 OK"

    def about(self, subject: str, seconds: float) -> EmailMessage:
        """The next e-mail with this subject. Raises `queue.Empty`."""
        while (mail := self.came.get(timeout=seconds))["Subject"] != subject:
            pass
        return mail


@pytest.fixture(scope="session")
def letterbox() -> Iterator[Letterbox]:
    """Where the shared installation sends its e-mails."""
    box = Letterbox()
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    yield box
    server.stop()


@pytest.fixture(scope="session")
def shared_desk(letterbox: Letterbox) -> Iterator[Desk]:
    """An installation whose only carrier answers nobody, for tests that kill none of it."""
    mail = {"SCOPCHAT_MAIL_URL": f"smtp://127.0.0.1:{letterbox.port}", "SCOPCHAT_MAIL_FROM": SENDER}
    with installation("http://127.0.0.1:1", DJANGO_SETTINGS_MODULE="tests.processes.settings", **mail) as desk:
        yield desk


@pytest.fixture(scope="module")
def desk(shared_desk: Desk) -> Desk:
    """The shared installation with the cast in it; what the tests before left is gone."""
    shared_desk.ask("set_up")
    return shared_desk


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's Chromium where there is one, else Playwright's own; without its sandbox where root forbids it.

    Playwright keeps an event loop in this thread while it runs, so it ends with these tests: later ones have their own.
    """
    system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    quiet = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=system, args=[*quiet, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        )
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """The one Chromium; whoever was signed in in it is gone after the test."""
    yield chromium
    for context in chromium.contexts:
        context.close()
