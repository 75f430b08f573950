"""`/live`: the stream that tells an open page what changed, filtered by what its person may see.

Bare ASGI with server-sent events: thousands of quiet connections cost this process a queue each. Events name
interactions, never their content; the page fetches what it shows through the views, which decide again.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django_scopes import scope as company_scope
from prometheus_client import Gauge

from scopchat.accounts.roles import Permission, Reach
from scopchat.accounts.services import current_company
from scopchat.events.catalogue import Event, InteractionChange, InteractionsChanged, SimulatorChanged
from scopchat.events.subscribe import listen
from scopchat.interactions.models import Interaction
from scopchat.web.queries import memberships

HEARTBEAT_SECONDS = 15.0
CATCH_UP_MARGIN = timedelta(seconds=5)
"""A change is stamped when its transaction begins and seen when it commits: look back a little further."""
MOST_CAUGHT_UP = 200
CLIENTS = Gauge("scopchat_live_clients", "Open live streams of this process.")

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

Notice = tuple[str, dict[str, Any]]
Admit = Callable[[], Awaitable["Sight | None"]]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a person may see, of one company."""

    company_id: int
    user_id: int
    sees_all: bool
    sees_simulator: bool
    channels: frozenset[int]
    queues: frozenset[int]

    def sees(self, change: InteractionChange) -> bool:
        return (
            self.sees_all
            or self.user_id in {change.assignee_id, change.also}
            or change.channel_id in self.channels
            or change.queue_id in self.queues
        )

    def notice(self, event: Event) -> Notice | None:
        """What to tell a page of this person about the event, if anything."""
        if isinstance(event, SimulatorChanged):
            return ("simulator", {}) if self.sees_simulator else None
        ids = [change.interaction_id for change in event.changes if self.sees(change)]
        return ("marks" if event.marks_only else "interactions", {"ids": ids}) if ids else None


@dataclass(eq=False, slots=True)
class Client:
    """One open page."""

    sight: Sight
    notices: asyncio.Queue[Notice] = field(default_factory=lambda: asyncio.Queue(maxsize=1000))

    def offer(self, event: Event) -> None:
        """Queues what concerns this page."""
        notice = self.sight.notice(event)
        if notice is None:
            return
        if self.notices.full():
            self.start_over()
        else:
            self.notices.put_nowait(notice)

    def start_over(self) -> None:
        """The page shall reload everything: it was too slow for a thousand notices, or some may have been missed."""
        while not self.notices.empty():
            self.notices.get_nowait()
        self.notices.put_nowait(("interactions", {"all": True}))


class Live:
    """Every open page of this process, and the one database connection that feeds them."""

    def __init__(self, connection_params: dict[str, Any], *, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._params = connection_params
        self._heartbeat_seconds = heartbeat_seconds
        self._clients: dict[int, set[Client]] = defaultdict(set)

    async def run(self) -> None:
        """Fans events out for ever; runs as a task of the server."""
        async for event in listen(self._params):
            if event is None:
                for clients in self._clients.values():
                    for client in clients:
                        client.start_over()
                continue
            for client in self._clients.get(event.company_id, ()):
                client.offer(event)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from asgiref.sync import sync_to_async

        admit = sync_to_async(_admit, thread_sensitive=False)
        sight = await admit(scope)
        if sight is None:
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        client = Client(sight)
        self._clients[sight.company_id].add(client)
        CLIENTS.inc()
        try:
            missed = await sync_to_async(_missed, thread_sensitive=False)(sight, _cursor(scope))
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await send({"type": "http.response.body", "body": _frame(missed or ("ready", {})), "more_body": True})
            gone = asyncio.create_task(_until_gone(receive))
            try:
                await self._stream(client, gone, partial(admit, scope), send)
            finally:
                gone.cancel()
            await send({"type": "http.response.body", "body": b""})
        finally:
            CLIENTS.dec()
            self._clients[sight.company_id].discard(client)

    async def _stream(self, client: Client, gone: asyncio.Task[None], admit: Admit, send: Any) -> None:
        """Sends notices until the page leaves, or its person may not see what they saw when it began."""
        checked = time.monotonic()
        while not gone.done():
            notice = asyncio.create_task(client.notices.get())
            await asyncio.wait({notice, gone}, timeout=self._heartbeat_seconds, return_when=asyncio.FIRST_COMPLETED)
            notice.cancel()
            if time.monotonic() - checked >= self._heartbeat_seconds:
                if await admit() != client.sight:
                    return
                checked = time.monotonic()
            body = b": \n\n" if notice.cancelled() or not notice.done() else _frame(notice.result())
            await send({"type": "http.response.body", "body": body, "more_body": True})


def _admit(scope: Any) -> Sight | None:
    """The page's person and what they may see, or None without a valid session."""
    from importlib import import_module

    from django.db import connections

    headers = dict(scope["headers"])
    cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    try:
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(morsel.value if morsel else None)
        user = get_user(request)
        if not user.is_authenticated or not user.is_active:
            return None
        company = current_company(user=user, chosen=request.session.get("company"))
        channels, queues = memberships(user.pk)
        with company_scope(company=company):
            return Sight(
                company_id=company.pk,
                user_id=user.pk,
                sees_all=user.reach(Permission.SEE_INTERACTIONS) >= Reach.COMPANY,
                sees_simulator=user.may(Permission.USE_SIMULATOR),
                channels=frozenset(channels),
                queues=frozenset(queues),
            )
    finally:
        connections.close_all()


def _cursor(scope: Any) -> datetime | None:
    """The moment up to which the page has everything: of its last event, else of its rendering (milliseconds)."""
    headers = dict(scope["headers"])
    since = parse_qs(scope["query_string"].decode("latin-1")).get("since", [""])[0]
    text = headers.get(b"last-event-id", b"").decode("latin-1") or since
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC) - CATCH_UP_MARGIN


def _missed(sight: Sight, since: datetime | None) -> Notice | None:
    """What changed between the page's cursor and now (index `interaction_changed`)."""
    from django.db import connections

    if since is None:
        return ("interactions", {"all": True})
    try:
        with company_scope(company=sight.company_id):
            changed = Interaction.objects.filter(changed_at__gte=since).values_list(
                "pk", "channel_id", "queue_id", "assignee_id"
            )[: MOST_CAUGHT_UP + 1]
            found = [InteractionChange(*row) for row in changed]
    finally:
        connections.close_all()
    if len(found) > MOST_CAUGHT_UP:
        return ("interactions", {"all": True})
    return sight.notice(InteractionsChanged(sight.company_id, tuple(found)))


def _frame(notice: Notice) -> bytes:
    name, content = notice
    return f"id: {int(time.time() * 1000)}\nevent: {name}\ndata: {json.dumps(content)}\n\n".encode()


async def _until_gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
