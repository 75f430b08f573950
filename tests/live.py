"""Open pages as the live stream has them, for tests of what they are told."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.test import Client as Browser

from scopchat.accounts.models import User
from scopchat.common.clock import utc_now
from scopchat.events.catalogue import (
    Event,
)
from scopchat.events.subscribe import listen
from scopchat.gateway.database import connection_params, in_thread_unscoped
from scopchat.tenancy.models import Company
from scopchat.web.live.feed import Live


def session_of(who: User | Browser | None) -> str:
    browser = who if isinstance(who, Browser) else Browser()
    if isinstance(who, User):
        browser.force_login(who)
    cookie = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else "none"


class Page:
    """One open stream and what it has been told."""

    def __init__(self) -> None:
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.notices: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.html: list[str] = []
        self.beat = asyncio.Event()
        self.more = asyncio.Event()
        self.leave = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def receive(self) -> dict[str, Any]:
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status.set_result(message["status"])
            return
        for frame in message["body"].decode().split("\n\n")[:-1]:
            lines = dict(line.split(": ", 1) for line in frame.splitlines())
            if lines.get("event") == "beat":
                self.beat.set()
            elif "event" in lines:
                self.notices.put_nowait((lines["event"], json.loads(lines["data"])))
            elif lines:
                self.html.append(lines["data"])
                self.more.set()

    async def next(self) -> tuple[str, Any]:
        return await asyncio.wait_for(self.notices.get(), 10)

    async def html_with(self, words: str) -> str:
        """The first piece of HTML that came with these words."""
        async with asyncio.timeout(10):
            while not (found := [piece for piece in self.html if words in piece]):
                self.more.clear()
                await self.more.wait()
        return found[0]


@contextlib.asynccontextmanager
async def live(**options: float) -> AsyncIterator[Live]:
    """The live feed, once it listens: pages that were there before would be told to begin anew."""
    began = asyncio.Event()

    async def listening(params: dict[str, Any]) -> AsyncIterator[Event | None]:
        async for event in listen(params):
            yield event
            began.set()

    with patch("scopchat.web.live.feed.listen", listening):
        feed = Live(connection_params(), **options)
        running = asyncio.create_task(feed.run())
        await asyncio.wait_for(began.wait(), 10)
    yield feed
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@contextlib.asynccontextmanager
async def opened(
    feed: Live,
    who: User | Browser | None,
    *,
    since: int | None = None,
    query: str = "inbox=1",
    company: Company | None = None,
) -> AsyncIterator[Page]:
    """A page of the person, connected; its first notice is taken when it is a mere greeting.

    It is about `company`, or about the person's own.
    """
    page = Page()
    moment = int(utc_now().timestamp() * 1000) + 60_000 if since is None else since
    scope_ = {
        "type": "http",
        "path": f"/c/{company.pk if company else getattr(who, 'company_id', 1)}/live",
        "headers": [
            (b"cookie", f"{settings.SESSION_COOKIE_NAME}={await in_thread_unscoped(session_of, who)}".encode())
        ],
        "query_string": f"{query}&since={moment}".encode(),
    }
    page.task = asyncio.create_task(feed(scope_, page.receive, page.send))
    await page.status
    if since is None and page.status.result() == 200:
        assert (await page.next())[0] == "ready"
    yield page
    page.leave.set()
    await page.task
