"""`/c/<id>/live`: the stream that shows an open page what changed, filtered by what its person may see.

Bare ASGI with server-sent events: thousands of quiet connections cost this process a few objects each. What changed
within a short turn is read once, drawn once per language, and handed to every inbox that may see it; the page fetches
only its open thread, and the whole list when too much happened at once (docs/decisions/0012).
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import structlog
from django.db import Error
from django_scopes import scope as company_scope
from prometheus_client import Gauge

from scopchat.common.asgi import answer
from scopchat.common.clock import utc_now
from scopchat.common.threads import in_thread
from scopchat.events.catalogue import (
    AccessChanged,
    Event,
    InteractionChange,
    InteractionsChanged,
    Part,
    PresenceChanged,
    SimulatorChanged,
)
from scopchat.events.subscribe import listen
from scopchat.interactions.counting import counts
from scopchat.interactions.live_rows import Current, counts_html, current
from scopchat.interactions.models import Interaction
from scopchat.tenancy.addresses import place_of
from scopchat.web.live.client import MAX_ROWS, Client, News, Shows, millis
from scopchat.web.live.presence_heartbeat import PresenceHeartbeat
from scopchat.web.live.row_reader import Reader
from scopchat.web.live.viewer import LiveViewer, viewer_of

logger = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 15.0
TURN_SECONDS = 0.02
"""What changes within a turn is read in one go."""
COUNT_SECONDS = 1.0
"""Between one counting of the inboxes that saw changes and the next, at least;"""
COUNT_REST = 4
"""and at least this many times what the last one took."""
COUNTED_AT_ONCE = 500
CATCH_UP_MARGIN = timedelta(seconds=5)
"""A change is stamped when its transaction begins and seen when it commits: look back a little further."""
MOMENT_DIGITS = 15
"""Fewer stand for a time before the year 5200, which any clock can tell."""
CLIENTS = Gauge("scopchat_live_clients", "Open live streams of this process.")

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
BEAT = b"event: beat\ndata: {}\n\n"
"""Said when there is nothing else to say: a page that hears nothing at all knows that its link is dead."""


class Live:
    """Every open page of this process, and the one database connection that feeds them."""

    def __init__(self, connection_params: dict[str, Any], *, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._params = connection_params
        self._reader = Reader(connection_params)
        self._heartbeat_seconds = heartbeat_seconds
        self._clients: dict[int, set[Client]] = defaultdict(set)
        self._news: dict[int, News] = defaultdict(News)
        self._something = asyncio.Event()
        self._uncounted: set[Client] = set()
        self._to_count = asyncio.Event()
        self._signs = PresenceHeartbeat(
            lambda: {client.sight.viewer.person_id for client in self._everyone() if not client.doubted},
            self._tell_of_themselves,
        )

    async def run(self) -> None:
        """Feeds the pages for ever; runs as a task of the server."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen())
                tasks.create_task(self._tell())
                tasks.create_task(self._count())
                tasks.create_task(self._signs.run())
        finally:
            await self._reader.close()

    def _everyone(self) -> Iterable[Client]:
        return (client for clients in self._clients.values() for client in clients)

    def _tell_of_themselves(self, presences: Mapping[int, str]) -> None:
        for client in self._everyone():
            client.tell_of_themselves(presences)

    async def _listen(self) -> None:
        async for event in listen(self._params):
            if event is None:
                for client in self._everyone():
                    client.start_over()
                    client.doubt()
            else:
                self._hear(event)

    def _hear(self, event: Event) -> None:
        if isinstance(event, AccessChanged):
            for client in self._everyone():
                if client.sight.viewer.person_id in event.people:
                    client.doubt()
            return
        if isinstance(event, PresenceChanged):
            for client in self._everyone():
                client.tell_presence(event)
            return
        clients = self._clients.get(event.company_id)
        if not clients:
            return
        if isinstance(event, SimulatorChanged):
            for client in clients:
                client.tell_simulator()
            return
        if event.part is Part.ARRIVAL:
            now = time.monotonic()
            for client in clients:
                client.tell_arrival(event.changes, now)
        self._news[event.company_id].add(event)
        self._something.set()

    async def _tell(self) -> None:
        while True:
            await self._something.wait()
            await asyncio.sleep(TURN_SECONDS)
            self._something.clear()
            moment = millis(utc_now())
            news, self._news = self._news, defaultdict(News)
            try:
                rows = await self._read(news)
            except Exception:
                # Neither a lost database nor a row that cannot be drawn ends the feed of everyone.
                logger.exception("live_rows_not_read")
                for company in news:
                    for client in self._clients[company]:
                        client.start_over()
                continue
            for company, one in news.items():
                for client in self._clients[company]:
                    if client.tell(one, rows, moment):
                        self._uncounted.add(client)
            self._to_count.set()

    async def _read(self, news: Mapping[int, News]) -> dict[int, Current]:
        """The interactions that changed as they are now, drawn for those who look at their companies."""
        facts = await self._reader.facts([(company, pk) for company, one in news.items() for pk in one.few])
        languages = {company: {client.sight.language for client in self._clients[company]} for company in news}
        rows = {}
        for one in facts:
            rows[one.pk] = current(one, languages[one.company_id])
            # A carrier's callback does not wait for more than one of them.
            await asyncio.sleep(0)
        return rows

    async def _count(self) -> None:
        while True:
            await self._to_count.wait()
            clients = [self._uncounted.pop() for _ in range(min(len(self._uncounted), COUNTED_AT_ONCE))]
            if not self._uncounted:
                self._to_count.clear()
            began = time.monotonic()
            try:
                found = await in_thread(counts, [client.sight.viewer for client in clients]) if clients else []
            except Error as error:
                logger.warning("live_counts_not_read", error=type(error).__name__)
                found = []
            for client, one in zip(clients, found, strict=bool(found)):
                client.send(counts_html(one, client.sight.language))
                await asyncio.sleep(0)
            await asyncio.sleep(max(COUNT_SECONDS, COUNT_REST * (time.monotonic() - began)) if clients else 0)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        sight = await in_thread(viewer_of, scope)
        query = parse_qs(scope["query_string"].decode("latin-1"))
        if sight is None or place_of(scope["path"]).company_id is None:
            await answer(send, 403)
            return
        client = Client(sight, next((one for one in Shows if one.value in query), Shows.SIMULATOR))
        self._clients[sight.company_id].add(client)
        self._signs.arrived(sight.viewer.person_id)
        CLIENTS.inc()
        gone = asyncio.create_task(_until_gone(receive, client))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            last_event = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
            await self._catch_up(client, last_event or query.get("since", [""])[0], again=bool(last_event))
            await self._stream(client, scope, send)
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            CLIENTS.dec()
            self._clients[sight.company_id].discard(client)
            self._uncounted.discard(client)

    async def _catch_up(self, client: Client, cursor: str, *, again: bool) -> None:
        """Shows what changed between the page's cursor and now; a page without an inbox redraws when it is back."""
        moment = millis(utc_now())
        since = _moment(cursor)
        if (client.inbox and since is None) or (again and not client.inbox):
            client.start_over()
        elif client.inbox and since is not None:
            news = await in_thread(_missed, client.sight, since)
            if client.tell(news, await self._read({client.sight.company_id: news}), moment):
                self._uncounted.add(client)
                self._to_count.set()
        client.send("{}", event="ready", moment=moment)

    async def _stream(self, client: Client, scope: Any, send: Any) -> None:
        """Sends what there is until the page leaves, or its person may not see what they saw when it began."""
        checked = time.monotonic()
        while await client.something(self._heartbeat_seconds):
            if client.doubted or time.monotonic() - checked >= self._heartbeat_seconds:
                client.doubted = False
                if await in_thread(viewer_of, scope) != client.sight:
                    return
                checked = time.monotonic()
            await send({"type": "http.response.body", "body": client.take() or BEAT, "more_body": True})


def _missed(sight: LiveViewer, since: datetime) -> News:
    """What changed since then (index `interaction_changed`)."""
    with company_scope(company=sight.company_id):
        changed = Interaction.objects.filter(changed_at__gte=since).values_list(
            "pk", "channel_id", "queue_id", "assignee_id"
        )[: 4 * MAX_ROWS]
        news = News()
        news.add(InteractionsChanged(sight.company_id, tuple(InteractionChange(*row) for row in changed)))
    return news


def _moment(cursor: str) -> datetime | None:
    """Up to when the page has everything: the time of its last event, else of its rendering (milliseconds)."""
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < MOMENT_DIGITS):
        return None
    return datetime.fromtimestamp(int(cursor) / 1000, UTC) - CATCH_UP_MARGIN


async def _until_gone(receive: Any, client: Client) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    client.leave()
