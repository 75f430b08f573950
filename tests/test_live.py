"""The live stream: who hears of what, catching up, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client as Browser
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.channels.models import Channel
from scopchat.common.clock import utc_now
from scopchat.gateway.database import connection_params, in_thread
from scopchat.interactions.models import Interaction
from scopchat.interactions.services import lifecycle, start
from scopchat.web.live import Live
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def session_of(user: User | None) -> str:
    browser = Browser()
    if user is not None:
        browser.force_login(user)
    cookie = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else "none"


class Page:
    """One open stream and what it has been told."""

    def __init__(self) -> None:
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.notices: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.leave = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def receive(self) -> dict[str, Any]:
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status.set_result(message["status"])
            return
        lines = dict(line.split(": ", 1) for line in message["body"].decode().splitlines() if line[:1] not in {"", ":"})
        if lines:
            self.notices.put_nowait((lines["event"], json.loads(lines["data"])))

    async def next(self) -> tuple[str, Any]:
        return await asyncio.wait_for(self.notices.get(), 10)


@contextlib.asynccontextmanager
async def live(**options: float) -> AsyncIterator[Live]:
    """The live feed, listening."""
    feed = Live(connection_params(), **options)
    running = asyncio.create_task(feed.run())
    yield feed
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@contextlib.asynccontextmanager
async def opened(feed: Live, user: User | None, *, since: int | None = None) -> AsyncIterator[Page]:
    """A page of the person, connected; its first notice is taken when it is a mere greeting."""
    page = Page()
    moment = int(utc_now().timestamp() * 1000) + 60_000 if since is None else since
    scope_ = {
        "type": "http",
        "headers": [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={await in_thread(session_of, user)}".encode())],
        "query_string": f"since={moment}".encode(),
    }
    page.task = asyncio.create_task(feed(scope_, page.receive, page.send))
    await page.status
    if since is None and page.status.result() == 200:
        assert (await page.next())[0] == "ready"
    yield page
    page.leave.set()
    await page.task


def write(channel: Channel, writer: User, phone: str = "+15145550142") -> int:
    with scope(company=channel.company):
        message = start.start(
            channel=channel, acting=writer, phone=phone, text="Bonjour", idempotency_key=uuid4(), now=utc_now()
        )
    return message.interaction_id


def assign(interaction_id: int, cast: Cast, to: User) -> None:
    with scope(company=cast.client):
        interaction = Interaction.objects.get(pk=interaction_id)
        lifecycle.assign(interaction=interaction, acting=cast.manager, to=to, now=utc_now())


async def test_a_stranger_is_turned_away() -> None:
    async with live() as feed, opened(feed, None) as page:
        assert page.status.result() == 403


async def test_each_person_hears_of_what_they_may_see(cast: Cast) -> None:
    everyone = {
        "admin": cast.admin, "manager": cast.manager, "agent": cast.agent, "user": cast.user,
        "outsider": cast.outsider_admin,
    }  # fmt: skip
    async with live() as feed, contextlib.AsyncExitStack() as stack:
        pages = {name: await stack.enter_async_context(opened(feed, user)) for name, user in everyone.items()}
        in_queue = await in_thread(write, cast.channel_queue, cast.admin)
        on_users_channel = await in_thread(write, cast.channel_user, cast.admin)
        elsewhere = await in_thread(write, cast.outsider_channel, cast.outsider_admin)
        heard = {name: (await page.next())[1]["ids"] for name, page in pages.items()}
        more = {name: (await pages[name].next())[1]["ids"] for name in ("admin", "manager")}
        await in_thread(assign, on_users_channel, cast, cast.manager)
        assert await pages["user"].next() == ("interactions", {"ids": [on_users_channel]})
        assert pages["agent"].notices.empty()
        assert pages["outsider"].notices.empty()
    assert heard == {
        "admin": [in_queue],
        "manager": [in_queue],
        "agent": [in_queue],
        "user": [on_users_channel],
        "outsider": [elsewhere],
    }
    assert more == {"admin": [on_users_channel], "manager": [on_users_channel]}


async def test_who_loses_a_conversation_is_told_so(cast: Cast) -> None:
    interaction = await in_thread(write, cast.channel_user, cast.admin)
    await in_thread(assign, interaction, cast, cast.agent)
    async with live() as feed, opened(feed, cast.agent) as page:
        await in_thread(assign, interaction, cast, cast.agent2)
        assert await page.next() == ("interactions", {"ids": [interaction]})


async def test_a_page_catches_up_with_what_it_missed(cast: Cast) -> None:
    before = int((utc_now() - timedelta(seconds=20)).timestamp() * 1000)
    interaction = await in_thread(write, cast.channel_queue, cast.admin)
    await in_thread(write, cast.outsider_channel, cast.outsider_admin)
    async with live() as feed, opened(feed, cast.agent, since=before) as page:
        assert await page.next() == ("interactions", {"ids": [interaction]})


@pytest.mark.parametrize("since", [0, -1])
async def test_a_page_with_an_ancient_or_absurd_cursor_is_told_everything_it_may_see(cast: Cast, since: int) -> None:
    interaction = await in_thread(write, cast.channel_queue, cast.admin)
    async with live() as feed, opened(feed, cast.agent, since=since) as page:
        name, notice = await page.next()
    assert name == "interactions"
    assert notice in ({"all": True}, {"ids": [interaction]})


async def test_a_stream_ends_with_its_session(cast: Cast) -> None:
    def sign_out() -> None:
        from django.contrib.sessions.models import Session

        Session.objects.all().delete()

    async with live(heartbeat_seconds=0.02) as feed, opened(feed, cast.agent) as page:
        await in_thread(sign_out)
        assert page.task is not None
        await asyncio.wait_for(page.task, 10)
