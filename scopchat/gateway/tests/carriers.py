"""Carriers that answer as they should or not, on ports of their own, and texts to hand to them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import uvicorn
from django_scopes import scope, scopes_disabled

from scopchat.channels.drains import Work
from scopchat.channels.models import Channel, Destination, Provider
from scopchat.channels.services import create_channel, create_provider
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.gateway import leases, sender
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.tests.conftest import SID, TOKEN, Desk
from scopchat.interactions.models import Message, OutboxEntry
from scopchat.interactions.services import start

Application = Callable[..., Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(application: Any) -> AsyncIterator[str]:
    """A carrier on a port of its own; yields its address."""
    config = uvicorn.Config(application, log_level="critical", lifespan="off", timeout_graceful_shutdown=0)
    server = uvicorn.Server(config)
    # It listens before the server runs: a request waits until it does.
    door = socket.create_server(("127.0.0.1", 0))
    serving_task = asyncio.create_task(server.serve(sockets=[door]))
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    server.should_exit = True
    await serving_task


def point_at(desk: Desk, url: str) -> None:
    with scopes_disabled():
        Provider.objects.filter(pk=desk.provider.pk).update(api_base_url=url)


def queue(desk: Desk, text: str, *, to: str = "+15145550142") -> Message:
    with scope(company=desk.cast.client):
        return start.start(
            channel=desk.channel, acting=desk.cast.admin, phone=to, text=text, idempotency_key=uuid4(), now=utc_now()
        )


def fresh(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def on_its_way(message: Message) -> OutboxEntry:
    return OutboxEntry.objects.select_related("message").get(message=message)


async def drain(desk: Desk) -> None:
    """One whole run of the sender on the desk's shard."""
    lease = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
    async with http.Client(allow_private=True) as client:
        await sender.run(lease, client)


def answering(status: int, body: bytes = b"{}", *, retry_after: str = "") -> Application:
    headers = [(b"retry-after", retry_after.encode())] if retry_after else []

    async def carrier(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return carrier


def second_account(desk: Desk) -> Desk:
    """Another provider of the same company, whose channel is on the same shard."""
    with scope(company=desk.cast.client):
        provider = create_provider(
            company=desk.cast.client, kind="twilio", name="B", credentials={"account_sid": SID, "auth_token": TOKEN}
        )
        channel = create_channel(
            company=desk.cast.client, provider=provider, name="B", address="+15145550177",
            destination=Destination.QUEUE, queue=desk.cast.queue, throughput=1000,
        )  # fmt: skip
        Channel.objects.filter(pk=channel.pk).update(shard=desk.channel.shard)
    return Desk(desk.cast, provider, channel, desk.carrier)
