"""Whatever is put into addresses, parameters, forms, cookies and headers, the server answers and does not break."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from tests.asked_of_pages import looking
from tests.cast import Cast
from tests.live import live, session_of
from tests.pages import PAGES, things_of, values_of
from tests.people import FRAGMENT, signed_in

HOSTILE = [
    b"a\0b",
    b"\xed\xa0\x80",  # a lone surrogate
    b"9" * 19,
    b"9" * 5000,
    b"-1",
    b"0001-01-01",
    b"9999-12-31",
    b"https://[",
    b"\xf0\x9f\x98\x80" * 2500,
]
PARAMETERS = [
    *("after", "before", "begin", "channel", "company", "customer", "end", "interaction", "next", "number", "person"),
    *("page", "phone", "q", "queue", "role", "since", "state", "status", "uid", "verb", "v", "view"),
]
"""Names that some page reads from its query; the names of all fields on a page are added to them."""
HEADERS = [
    *("Accept", "Accept-Language", "Authorization", "HX-Current-URL", "HX-Request", "HX-Request-Type", "HX-Target"),
    *("HX-Trigger", "Last-Event-ID", "Referer", "Origin", "User-Agent", "X-Forwarded-For", "X-Forwarded-Proto"),
    *("X-Request-ID", "X-Requested-With", "If-None-Match", "If-Modified-Since", "Range", "Content-Type"),
]
COOKIES = [settings.SESSION_COOKIE_NAME, "csrftoken", "messages", "known_browser", settings.LANGUAGE_COOKIE_NAME]
FORMS = {"channels:add_provider", "channels:edit_provider", "channels:add", "channels:edit", "administration:add_user"}
"""Pages whose fields are spoilt one by one: where all are, the first refusal may hide the rest."""
NAME, VALUE = re.compile(r'\bname="([\w-]+)"'), re.compile(r'\bvalue="([^"]*)"')


@pytest.fixture(autouse=True)
def photos(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


class Browser:
    """One that is signed in again for each request, and after which nothing has changed."""

    def __init__(self, cast: Cast) -> None:
        self._client = signed_in(cast.operator_admin)
        self._client.raise_request_exception = False
        self._client.look_at(cast.client)
        self.wrong: list[str] = []

    def ask(self, method: str, address: str, data: Any = None, **more: Any) -> str:
        point = transaction.savepoint_create()
        answer = self._client.generic(method, address, data or b"", FORM, **more)
        content = b"" if answer.streaming else answer.content
        if answer.streaming:
            b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        transaction.savepoint_rollback(point)
        transaction.set_rollback(False)
        if answer.status_code >= 500:
            self.wrong.append(f"{answer.status_code} {method} {address[:120]} {str(data)[:200]} {str(more)[:200]}")
        return content.decode("utf-8", "replace")


SIGN_IN = {"login": "amelie", "password": "x"}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def browser(cast: Cast) -> Browser:
    return Browser(cast)


@pytest.fixture
def things(cast: Cast) -> dict[type, Any]:
    return things_of(cast.client, cast.operator_admin)


def encoded(names: list[str], value: bytes) -> str:
    return urlencode(dict.fromkeys(names, value))


def printable(value: bytes) -> str:
    """As far as a server lets it through in a header."""
    return value.replace(b"\0", b"\\000").decode("latin-1")[:8000]


def fields_of(html: str) -> dict[str, str]:
    """The fields of the page's forms with what they hold."""
    tags = re.findall(r"<(?:input|textarea|select|button)\b[^>]*>", html)
    named = [(NAME.search(tag), VALUE.search(tag)) for tag in tags]
    found = {name[1]: value[1] if value else "x" for name, value in named if name}
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def test_no_address_breaks_it(things: dict[type, Any], browser: Browser) -> None:
    for page, value in product(PAGES, HOSTILE):
        for name in page.arguments:
            own = {**values_of(page, things), name: "HOSTILE"}
            address = page.address(own).replace("HOSTILE", quote_from_bytes(value, safe=""))
            for method in ("GET", "POST"):
                browser.ask(method, address)
    assert browser.wrong == []


@pytest.fixture
def looked_at() -> Iterator[set[str]]:
    """Names that views and forms look at in an address's query or in a form, whether they are there or not."""
    with looking() as found:
        yield found.names


def test_no_parameter_breaks_it(things: dict[type, Any], browser: Browser, looked_at: set[str]) -> None:
    """All names that a page looks at, and on a whole page each alone too; one that looks at none is asked but once."""
    for page, headers in product(PAGES, ({}, FRAGMENT)):
        address = page.address(values_of(page, things))
        looked_at.clear()
        browser.ask("GET", f"{address}?{encoded(PARAMETERS, b'1')}", headers=headers)
        names = sorted(looked_at)
        for value in HOSTILE if names else ():
            for asked in ([*names, *PARAMETERS], *([name] for name in names if not headers)):
                browser.ask("GET", f"{address}?{encoded(asked, value)}", headers=headers)
    assert browser.wrong == []


def test_no_form_breaks_it(things: dict[type, Any], browser: Browser, looked_at: set[str]) -> None:
    for page in PAGES:
        address = page.address(values_of(page, things))
        own = fields_of(browser.ask("GET", address))
        looked_at.clear()
        browser.ask("POST", address, urlencode(own))
        names = sorted(looked_at - {"csrfmiddlewaretoken"})
        for value in HOSTILE if names else ():
            browser.ask("POST", address, encoded([*own, *names], value))
            for name in names if page.name in FORMS else ():
                browser.ask("POST", address, urlencode({**own, name: value}))
    assert browser.wrong == []


def test_no_header_breaks_it(things: dict[type, Any], browser: Browser) -> None:
    for page in PAGES:
        address = page.address(values_of(page, things))
        browser.ask("GET", address, headers={**dict.fromkeys(HEADERS, "https://["), **FRAGMENT})
        browser.ask("POST", address, headers=dict.fromkeys(HEADERS, "https://["))
    for address, value in product(("/messages/", "/account/login/", "/me/", "/audit/"), HOSTILE):
        for method in ("GET", "POST"):
            browser.ask(method, address, headers=dict.fromkeys(HEADERS, printable(value)))
    assert browser.wrong == []


def test_no_cookie_breaks_it(cast: Cast) -> None:
    stranger = Client(raise_request_exception=False)
    for address, name, value in product(("/", "/account/login/", "/account/password/reset/"), COOKIES, HOSTILE):
        for written in (printable(value), f'"{printable(value)}"'):
            for answer in (
                stranger.get(address, headers={"Cookie": f"{name}={written}"}),
                stranger.post(address, SIGN_IN, headers={"Cookie": f"{name}={written}"}),
            ):
                assert answer.status_code < 500


@pytest.mark.django_db(transaction=True)
async def test_no_stream_breaks(cast: Cast) -> None:
    sessions = [await asyncio.to_thread(session_of, cast.admin), '"\\000"', "\\", "é", '"\\377', "x; x=\x01"]
    values = [*HOSTILE, b"9" * 14, b"9" * 15, b"253402300799999"]
    pairs = [f"{name}={quote_from_bytes(value)}" for name in ("since", "company") for value in values]
    queries = [f"{kind}=1&{pair}" for kind in ("inbox", "people") for pair in pairs]
    async with live() as feed:
        for session in sessions:
            for query in queries if session == sessions[0] else queries[:1]:
                for header in (b"", b"9" * 15, b"\0"):
                    assert await stream(feed, session, query, header) < 500


async def stream(feed: Any, session: str, query: str, last_event: bytes) -> int:
    """The status of a stream that its page leaves as soon as it has heard something."""
    statuses: list[int] = []
    heard = asyncio.Event()

    async def receive() -> dict[str, str]:
        await heard.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        else:
            heard.set()

    cookie = f"{settings.SESSION_COOKIE_NAME}={session}".encode("latin-1")
    headers = [(b"cookie", cookie), (b"last-event-id", last_event)]
    await feed({"type": "http", "path": "/c/1/live", "headers": headers, "query_string": query.encode()}, receive, send)
    return statuses[0]
