"""`/live`: the stream that tells an open page what changed, filtered by what its person may see.

Bare ASGI with server-sent events: thousands of quiet connections cost this process a queue each. Events name
interactions, never their content; the page fetches what it shows through the views, which decide again.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
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

HEARTBEAT_SECONDS = 15.0
CATCH_UP_MARGIN = timedelta(seconds=5)
"""A change is stamped when its transaction begins and seen when it commits: look back a little further."""
MOST_CAUGHT_UP = 200
CLIENTS = Gauge("scopchat_live_clients", "Open live streams of this process.")

Notice = tuple[str, dict[str, Any]]


@dataclass(eq=False, slots=True)
class Client:
    """One open page: what its person may see, as it was when the stream began or was last checked."""

    company_id: int
    user_id: int
    sees_all: bool
    sees_simulator: bool
    channels: frozenset[int]
    queues: frozenset[int]
    notices: asyncio.Queue[Notice] = field(default_factory=lambda: asyncio.Queue(maxsize=1000))

    def sees(self, change: InteractionChange) -> bool:
        return (
            self.sees_all
            or self.user_id in {change.assignee_id, change.also}
            or change.channel_id in self.channels
            or change.queue_id in self.queues
        )

    def offer(self, event: Event) -> None:
        """Queues what concerns this page; a page too slow for a thousand notices reloads everything instead."""
        notice = self._notice(event)
        if notice is None:
            return
        if self.notices.full():
            while not self.notices.empty():
                self.notices.get_nowait()
            notice = ("interactions", {"all": True})
        self.notices.put_nowait(notice)

    def _notice(self, event: Event) -> Notice | None:
        if isinstance(event, SimulatorChanged):
            return ("simulator", {}) if self.sees_simulator else None
        ids = [change.interaction_id for change in event.changes if self.sees(change)]
        return ("marks" if event.marks_only else "interactions", {"ids": ids}) if ids else None


class Live:
    """Every open page of this process, and the one database connection that feeds them."""

    def __init__(self, connection_params: dict[str, Any]) -> None:
        self._params = connection_params
        self._clients: dict[int, set[Client]] = defaultdict(set)

    async def run(self) -> None:
        """Fans events out for ever; runs as a task of the server."""
        async for event in listen(self._params):
            if event is None:
                for clients in self._clients.values():
                    for client in clients:
                        client.notices.put_nowait(("interactions", {"all": True}))
                continue
            for client in self._clients.get(event.company_id, ()):
                client.offer(event)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from asgiref.sync import sync_to_async

        admit = sync_to_async(_admit, thread_sensitive=False)
        client = await admit(scope)
        if client is None:
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        self._clients[client.company_id].add(client)
        CLIENTS.inc()
        try:
            missed = await sync_to_async(_missed, thread_sensitive=False)(client, _cursor(scope))
            await _stream(client, missed, scope, receive, send, admit)
        finally:
            CLIENTS.dec()
            self._clients[client.company_id].discard(client)


def _admit(scope: Any) -> Client | None:
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
        with company_scope(company=company):
            return Client(
                company_id=company.pk,
                user_id=user.pk,
                sees_all=user.reach(Permission.SEE_INTERACTIONS) >= Reach.COMPANY,
                sees_simulator=user.may(Permission.USE_SIMULATOR),
                channels=frozenset(user.channels.values_list("pk", flat=True)),
                queues=frozenset(user.queues.values_list("pk", flat=True)),
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


def _missed(client: Client, since: datetime | None) -> Notice | None:
    """What changed between the page's cursor and now (index `interaction_changed`)."""
    from django.db import connections

    if since is None:
        return ("interactions", {"all": True})
    try:
        with company_scope(company=client.company_id):
            changed = Interaction.objects.filter(changed_at__gte=since).values_list(
                "pk", "channel_id", "queue_id", "assignee_id"
            )[: MOST_CAUGHT_UP + 1]
            found = [InteractionChange(*row) for row in changed]
    finally:
        connections.close_all()
    if len(found) > MOST_CAUGHT_UP:
        return ("interactions", {"all": True})
    return client._notice(InteractionsChanged(client.company_id, tuple(found)))


async def _stream(client: Client, missed: Notice | None, scope: Any, receive: Any, send: Any, admit: Any) -> None:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _frame(missed or ("ready", {})), "more_body": True})
    gone = asyncio.create_task(_until_gone(receive))
    try:
        while not gone.done():
            notice = asyncio.create_task(client.notices.get())
            await asyncio.wait({notice, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if notice.done():
                await send({"type": "http.response.body", "body": _frame(notice.result()), "more_body": True})
                continue
            notice.cancel()
            if gone.done() or await admit(scope) != client:
                break
            await send({"type": "http.response.body", "body": b": \n\n", "more_body": True})
    finally:
        gone.cancel()
    await send({"type": "http.response.body", "body": b""})


def _frame(notice: Notice) -> bytes:
    name, content = notice
    return f"id: {int(time.time() * 1000)}\nevent: {name}\ndata: {json.dumps(content)}\n\n".encode()


async def _until_gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
