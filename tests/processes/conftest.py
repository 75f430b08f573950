"""The browser of the journeys."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture
def browser() -> Iterator[Browser]:
    """The system's Chromium where there is one, else Playwright's own; without its sandbox where root forbids it.

    Playwright keeps an event loop in this thread while it runs, so it ends with the test: later tests have their own.
    """
    system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    quiet = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=system, args=[*quiet, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        )
        yield browser
        browser.close()
