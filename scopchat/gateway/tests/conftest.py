"""A door for carriers and what lies behind it, driven without processes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django_scopes import scope, scopes_disabled

from scopchat.channels.models import Channel, Destination, Provider
from scopchat.channels.providers.twilio.fake.callbacks import Callback
from scopchat.channels.providers.twilio.fake.carrier import TwilioFake
from scopchat.channels.services import create_channel, create_provider
from scopchat.gateway import router
from scopchat.gateway.database import connection_params
from scopchat.gateway.hooks import Hooks
from scopchat.gateway.journal import Journal
from scopchat.gateway.known_accounts import KnownAccounts
from tests.cast import Cast

SID, TOKEN = "AC" + "0" * 32, "secret-token"
PUBLIC_URL = "http://testserver.localhost"


@dataclass
class Asked:
    """Stands where drains are asked for."""

    shards: list[int] = field(default_factory=list)

    def ask(self, shard: int, *, report: bool) -> None:
        self.shards.append(shard)


@dataclass
class Desk:
    """A company with a Twilio number, and the Twilio that has it."""

    cast: Cast
    provider: Provider
    channel: Channel
    carrier: TwilioFake

    @property
    def inbound_url(self) -> str:
        return f"{self.provider.callback_url}/inbound"


@pytest.fixture
def desk(cast: Cast) -> Desk:
    with scope(company=cast.client):
        provider = create_provider(
            company=cast.client,
            kind="twilio",
            name="Twilio",
            credentials={"account_sid": SID, "auth_token": TOKEN},
        )
        channel = create_channel(
            company=cast.client,
            provider=provider,
            name="Principal",
            address="+15145550100",
            destination=Destination.QUEUE,
            queue=cast.queue,
            throughput=100,
        )
    return Desk(cast, provider, channel, TwilioFake(SID, TOKEN))


Call = Callable[..., Any]


@contextlib.asynccontextmanager
async def open_door(asked: Asked, journal: Journal | None = None) -> AsyncIterator[Call]:
    """The hooks with their journal; yields a call that makes one request and returns status and body."""
    journal = journal or Journal(connection_params())
    hooks = Hooks(public_url=PUBLIC_URL, accounts=KnownAccounts(), journal=journal, wakeups=asked)  # type: ignore[arg-type]
    writing = asyncio.create_task(journal.run())

    async def call(url: str, body: bytes = b"", headers: dict[str, str] | None = None, method: str = "POST") -> Any:
        parts = urlsplit(url)
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope_ = {
            "type": "http",
            "method": method,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
        }
        await hooks(scope_, receive, send)
        return sent[0]["status"], sent[1]["body"]

    try:
        yield call
    finally:
        writing.cancel()
        await journal.close()


async def deliver(call: Call, callback: Callback) -> int:
    """Posts what the fake carrier would; the status it gets."""
    status, _body = await call(callback.url, callback.body, callback.headers)
    return int(status)


def route_everything() -> None:
    """Runs the router over every shard until the journal is empty."""
    from scopchat.channels.queries import shards_to_route

    with scopes_disabled():
        shards = sorted(shards_to_route())
        while shards:
            shards = sorted(router.route_together(shards))
