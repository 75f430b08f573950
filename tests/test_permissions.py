"""Every page of the product for every role, strangers included: what the matrix says is what the page answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.config.asgi import Server
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.models import Company
from scopchat.tenancy.services import create_company
from tests.cast import Cast
from tests.pages import PAGES, Page, things_of, values_of
from tests.people import FRAGMENT, Browser
from tests.who_may_open import WHO_MAY_OPEN

WHO = [
    "operator_admin", "distributor_admin", "l1_admin", "l2_admin", "admin", "manager", "agent", "user",
    "outsider_admin",
]  # fmt: skip
FORM = "application/x-www-form-urlencoded"
REFUSED = {"fr": "Pas pour votre rôle", "en": "Not for your role"}
OF_OWN_COMPANY = {"administration:add_company", "administration:returning"}
"""Pages of companies that are tried with the person's own; the others are tried with one below."""
Asking = tuple[str, dict[str, str]]
WHOLE: list[Asking] = [("GET", {}), ("POST", {})]
WHOLE_AND_PART: list[Asking] = [*WHOLE, ("GET", FRAGMENT), ("POST", FRAGMENT)]


@pytest.fixture(autouse=True)
def photos(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def person_of(cast: Cast, who: str) -> User:
    if hasattr(cast, who):
        found: User = getattr(cast, who)
        return found
    company: Company = getattr(cast, who.removesuffix("_admin"))
    return create_user(
        company=company, username=who, email=f"{who}@exemple.test", display_name=who, role=Role.RESELLER_ADMIN,
        password=None, language="en",
    )  # fmt: skip


def browser_of(person: User | None) -> Browser:
    """Of a person who has just signed in; a fault is an answer like another."""
    browser = Browser(raise_request_exception=False)
    if person is not None:
        browser.force_login(person)
        session = browser.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(person.pk)
        session.save()
    return browser


def asked(browser: Client, method: str, address: str, headers: dict[str, str], typed: str = "") -> HttpResponse:
    """The answer, to a form where something is typed; whatever it changed is undone, in the browser too."""
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    with transaction.atomic():
        response = browser.generic(method, address, typed, FORM, headers=headers)
        if response.streaming:
            response.streaming_content = list(response)
        transaction.set_rollback(True)
    browser.cookies.clear()
    browser.cookies.load(cookies)
    return response


def answers(
    browser: Client, page: Page, values: dict[str, Any], asking: list[Asking]
) -> Iterator[tuple[str, bool, HttpResponse]]:
    """By each method that the page takes: in words, whether a part was asked for, and the answer."""
    address, taken = page.address(values), 0
    for method, headers in asking:
        response = asked(browser, method, address, headers)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            taken += 1
            yield f"{method} {address} {'(part) ' if headers else ''}→ {response.status_code}", bool(headers), response
    assert taken, f"{page.name!r} takes neither GET nor POST"


def test_each_page_asks_for_what_its_line_in_the_table_says() -> None:
    declared = {page.name: page.access.permissions for page in PAGES}
    assert len(declared) == len(PAGES), "two pages have the same name"
    assert sorted(declared.keys() - WHO_MAY_OPEN.keys()) == [], "say in tests/who_may_open.py who may open these"
    assert sorted(WHO_MAY_OPEN.keys() - declared.keys()) == [], "no pages any more: take them out of the table"
    assert declared == WHO_MAY_OPEN


@pytest.mark.parametrize("who", WHO)
def test_each_role_opens_what_the_matrix_gives_it_and_nothing_else(cast: Cast, who: str) -> None:
    person = person_of(cast, who)
    own = person.company
    below = own if own.kind == Kind.CLIENT else create_company(parent=own, kind=Kind.CLIENT, name="Dessous")
    things = things_of(own, person)
    browser, wrong = browser_of(person), []
    for page in PAGES:
        needed = WHO_MAY_OPEN[page.name]
        values = values_of(page, things if page.name in OF_OWN_COMPANY else {**things, Company: below.pk})
        allowed = all(map(person.may, needed or ()))
        for words, is_part, response in answers(browser, page, values, WHOLE if allowed else WHOLE_AND_PART):
            status = response.status_code
            if needed is None:
                right = status < 500
            elif allowed:
                right = status < 500 and status not in {403, 404}
            else:
                content = response.content.decode()
                right = status == 403 and REFUSED[person.language] in content and ("#toasts" in content) == is_part
            if not right:
                wrong.append(f"{page.name}: {words}")
    assert wrong == []


def test_a_stranger_is_sent_to_sign_in(cast: Cast) -> None:
    things, wrong = things_of(cast.client, cast.admin), []
    browser = browser_of(None)
    for page in PAGES:
        if WHO_MAY_OPEN[page.name] is None:
            found = answers(browser, page, values_of(page, things), WHOLE)
            wrong += [words for words, _part, response in found if response.status_code >= 500]
            continue
        for words, is_part, response in answers(browser, page, values_of(page, things), WHOLE_AND_PART):
            where = response.headers.get("HX-Redirect" if is_part else "Location", "")
            if response.status_code != (200 if is_part else 302) or not where.startswith("/account/login/"):
                wrong.append(words)
    assert wrong == []


BESIDE_PAGES = {
    "/healthz": (200, 200),
    "/metrics": (403, 403),
    "/readyz": (403, 403),
}
"""What the server answers ahead of Django: to a stranger, and to anybody who is signed in. What it answers monitors is
in `gateway/tests/test_health.py`."""


async def answered(server: Server, path: str, cookie: str) -> int:
    """The status; the visitor leaves as soon as it is known."""
    status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    scope = {
        "type": "http", "path": path, "method": "GET", "query_string": b"people=1", "http_version": "1.1",
        "headers": [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode())],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        await status
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            status.set_result(message["status"])

    await asyncio.wait_for(server(scope, receive, send), 10)
    return status.result()


@pytest.mark.django_db(transaction=True)
async def test_what_is_answered_ahead_of_django(cast: Cast) -> None:
    def cookies() -> list[str]:
        people = [person_of(cast, who) for who in WHO]
        return [browser_of(person).cookies[settings.SESSION_COOKIE_NAME].value for person in people]

    server = Server()
    assert set(server.exact) == set(BESIDE_PAGES), "say in BESIDE_PAGES to whom the server answers there"
    signed_in = await asyncio.to_thread(cookies)
    for path, (stranger, known) in BESIDE_PAGES.items():
        assert await answered(server, path, "none") == stranger, path
        assert {await answered(server, path, cookie) for cookie in signed_in} == {known}, path
    live, agent = f"/c/{cast.client.pk}/live", signed_in[WHO.index("agent")]
    assert [await answered(server, live, cookie) for cookie in ("none", agent)] == [403, 200]
    assert await answered(server, "/live", agent) == 403, "a page from before an upgrade loads itself anew"
    assert await answered(server, "/hooks/twilio/unknown/inbound", signed_in[0]) == 404
