"""The button that asks a carrier whether the stored credentials work."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import psycopg
import pytest
import uvicorn
from django.db import connection
from django_scopes import scope
from pytest_django import Settings

from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.channels import account_check
from scopchat.channels.account_check import check_account
from scopchat.channels.models import Provider
from scopchat.channels.providers.base import AccountCheck
from scopchat.channels.providers.twilio.fake.carrier import TwilioFake
from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.channels.queries import CHECK_LOCKS, LOCK_CHECK, UNLOCK_CHECK
from scopchat.channels.services import create_provider
from scopchat.common.asgi import answer
from scopchat.common.refusals import Conflict
from tests.cast import Cast
from tests.people import signed_in

SID, TOKEN = "AC" + "1" * 32, "0123456789abcdef" * 2
OTHER = "f" * 32
Application = Callable[..., Awaitable[None]]


@pytest.fixture(autouse=True)
def loopback(settings: Settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = True


@contextlib.contextmanager
def serving(application: Application) -> Iterator[str]:
    """A carrier in a thread and on a port of its own; yields its address."""
    config = uvicorn.Config(application, log_level="critical", lifespan="off", timeout_graceful_shutdown=0)
    server = uvicorn.Server(config)
    # It listens before the server runs: a request waits until it does.
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[door])))
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def provider_at(cast: Cast, url: str, *, token: str = TOKEN) -> Provider:
    with scope(company=cast.client):
        return create_provider(
            company=cast.client, kind="twilio", name="Twilio", api_base_url=url,
            credentials={"account_sid": SID, "auth_token": token},
        )  # fmt: skip


def checked(cast: Cast, provider: Provider, *, seconds: float = account_check.CHECK_SECONDS) -> AccountCheck:
    with scope(company=cast.client):
        return check_account(provider=provider, acting=cast.admin, seconds=seconds)


@pytest.fixture
def twilio() -> Iterator[tuple[TwilioFake, str]]:
    carrier = TwilioFake(SID, TOKEN)
    with serving(FakeServer(carrier)) as url:
        yield carrier, url


def test_it_says_on_the_page_that_the_credentials_work(cast: Cast, twilio: tuple[TwilioFake, str]) -> None:
    provider = provider_at(cast, twilio[1])
    page = signed_in(cast.admin).post(f"/providers/{provider.pk}/test/", follow=True).content.decode()
    assert "L’opérateur accepte ces identifiants." in page
    assert f"/providers/{provider.pk}/test/" in page


@pytest.mark.parametrize(
    ("token", "status", "expected"),
    [
        (TOKEN, "active", AccountCheck.WORKS),
        (OTHER, "active", AccountCheck.REFUSED),
        (TOKEN, "suspended", AccountCheck.SUSPENDED),
        (TOKEN, "closed", AccountCheck.SUSPENDED),
    ],
)
def test_it_tells_what_the_carrier_says(
    cast: Cast, twilio: tuple[TwilioFake, str], token: str, status: str, expected: AccountCheck
) -> None:
    carrier, url = twilio
    carrier.status = status
    assert checked(cast, provider_at(cast, url, token=token)) is expected


def test_a_carrier_that_is_away(cast: Cast) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    assert checked(cast, provider_at(cast, f"http://127.0.0.1:{port}")) is AccountCheck.AWAY


def test_a_carrier_that_is_slow_is_given_up(cast: Cast) -> None:
    async def silent(_scope: Any, receive: Any, _send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    with serving(silent) as url:
        assert checked(cast, provider_at(cast, url), seconds=0.2) is AccountCheck.SLOW


def test_something_else_at_the_address(cast: Cast) -> None:
    async def website(_scope: Any, _receive: Any, send: Any) -> None:
        await answer(send, 200, b"<html>", "text/html")

    with serving(website) as url:
        assert checked(cast, provider_at(cast, url)) is AccountCheck.UNCLEAR


def test_an_address_inside_is_not_asked(cast: Cast, twilio: tuple[TwilioFake, str], settings: Settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = False
    assert checked(cast, provider_at(cast, twilio[1])) is AccountCheck.BLOCKED


def test_it_is_recorded_without_the_secret(cast: Cast, twilio: tuple[TwilioFake, str]) -> None:
    provider = provider_at(cast, twilio[1])
    checked(cast, provider)
    entry = Entry.objects.get(verb=Verb.PROVIDER_TESTED)
    assert (entry.person_id, entry.details) == (cast.admin.pk, {"outcome": "works"})
    assert "L’opérateur accepte ces identifiants." in signed_in(cast.admin).get("/audit/").content.decode()


def test_one_provider_is_tested_once_at_a_time_over_all_processes(cast: Cast, twilio: tuple[TwilioFake, str]) -> None:
    provider = provider_at(cast, twilio[1])
    elsewhere = {**connection.get_connection_params()}
    elsewhere.pop("cursor_factory", None)
    elsewhere.pop("context", None)
    with psycopg.connect(**elsewhere, autocommit=True) as other:
        other.execute(LOCK_CHECK, [CHECK_LOCKS, provider.pk])
        with pytest.raises(Conflict, match="déjà en cours"):
            checked(cast, provider)
        # The server ends a closed connection's session, and its locks, a moment later.
        other.execute(UNLOCK_CHECK, [CHECK_LOCKS, provider.pk])
    assert checked(cast, provider) is AccountCheck.WORKS


def test_tests_leave_threads_to_pages(cast: Cast, twilio: tuple[TwilioFake, str]) -> None:
    provider = provider_at(cast, twilio[1])
    with contextlib.ExitStack() as taken:
        for _ in range(account_check.MAX_AT_ONCE):
            account_check.places.acquire()
            taken.callback(account_check.places.release)
        response = signed_in(cast.admin).post(f"/providers/{provider.pk}/test/")
        assert response.status_code == 409
        assert "Un test est déjà en cours" in response.content.decode()
    assert checked(cast, provider) is AccountCheck.WORKS
