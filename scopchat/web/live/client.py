"""One open page as its stream sees it: what is new for it, and what waits to be sent."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from scopchat.events.catalogue import InteractionChange, InteractionsChanged, Part, PresenceChanged
from scopchat.interactions.live_rows import Current
from scopchat.web.live.viewer import LiveViewer

MAX_ROWS = 60
"""More interactions than this in one turn, and pages draw their list anew."""
MAX_WAITING_BYTES = 1_000_000
"""Bytes that wait for a slow page, before it is told to begin anew."""


RING_SECONDS = 3.0
"""Between one sound and the next, at least."""


def millis(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


@dataclass(slots=True)
class News:
    """What changed in one company during a turn: every change of each row and each thread."""

    rows: dict[int, list[InteractionChange]] = field(default_factory=lambda: defaultdict(list))
    threads: dict[int, list[InteractionChange]] = field(default_factory=lambda: defaultdict(list))

    def add(self, event: InteractionsChanged) -> None:
        for change in event.changes:
            if event.part is not Part.THREAD:
                self.rows[change.interaction_id].append(change)
            if event.part is not Part.ROW:
                self.threads[change.interaction_id].append(change)

    @property
    def few(self) -> set[int]:
        """The interactions whose rows are shown one by one; none when they are too many."""
        return set(self.rows) if len(self.rows) <= MAX_ROWS else set()


class Shows(Enum):
    """What a stream is for."""

    INBOX = "inbox"
    PEOPLE = "people"
    """Who is there: one stream for all pages of a browser, open as long as one of them."""
    QUEUES = "queues"
    """What waits in all queues, and for whom."""
    SIMULATOR = "simulator"


class Client:
    """One open page, or one browser with all of its pages."""

    def __init__(self, sight: LiveViewer, shows: Shows) -> None:
        self.sight = sight
        self.shows = shows
        self.doubted = False
        """What the person may see has to be asked again before anything more is sent."""
        self._gone = False
        self._awake = asyncio.Event()
        self._frames: list[bytes] = []
        self._waiting = 0
        self._rung = -RING_SECONDS

    def send(self, content: str, *, event: str = "", moment: int | None = None) -> None:
        """Queues one message: HTML on one line that the page swaps in, or a named event with JSON.

        `moment` is the time in milliseconds up to which the page has everything once it has this.
        """
        head = (f"id: {moment}\n" if moment is not None else "") + (f"event: {event}\n" if event else "")
        frame = f"{head}data: {content}\n\n".encode()
        if self._waiting + len(frame) > MAX_WAITING_BYTES:
            self.start_over()
            return
        self._frames.append(frame)
        self._waiting += len(frame)
        self._awake.set()

    def start_over(self) -> None:
        """The page shall draw itself anew: it was too slow, or some changes may have been missed."""
        self.take()
        if self.inbox:
            self.send('{"threads":"all","list":true}', event="interactions")
        elif self.shows is Shows.PEOPLE:
            self.send("{}", event="presences")
        else:
            self.tell_queues()
            self.tell_simulator()

    def doubt(self) -> None:
        self.doubted = True
        self._awake.set()

    def leave(self) -> None:
        """The page has gone."""
        self._gone = True
        self._awake.set()

    async def something(self, most_seconds: float) -> bool:
        """Waits until there is something to do, for so long at most; False once the page has gone."""
        try:
            async with asyncio.timeout(most_seconds):
                await self._awake.wait()
        except TimeoutError:
            pass
        self._awake.clear()
        return not self._gone

    def take(self) -> bytes:
        """All that waits to be sent."""
        frames, self._frames, self._waiting = b"".join(self._frames), [], 0
        return frames

    @property
    def inbox(self) -> bool:
        return self.shows is Shows.INBOX

    def tell_simulator(self) -> None:
        if self.sight.sees_simulator and self.shows is Shows.SIMULATOR:
            self.send("{}", event="simulator")

    def tell_queues(self) -> None:
        """That their figures are old: the page reads them anew when it has to."""
        if self.sight.sees_queues and self.shows is Shows.QUEUES:
            self.send("{}", event="queues")

    def tell_arrival(self, changes: Iterable[InteractionChange], now: float) -> None:
        """That customers wrote, once for what comes at about the same time; `now` is in seconds, of any clock."""
        if self.shows is not Shows.PEOPLE or not self.sight.sounds or now < self._rung + RING_SECONDS:
            return
        if any(map(self.sight.rings, changes)):
            self._rung = now
            self.send("{}", event="arrival")

    def tell_presence(self, event: PresenceChanged) -> None:
        """Of colleagues in the company looked at, and of themselves wherever that is."""
        if self.sight.company_id == event.company_id:
            self.tell_queues()
        if self.shows is not Shows.PEOPLE:
            return
        colleagues = self.sight.sees_presence and self.sight.company_id == event.company_id
        seen = {pk: presence for pk, presence in event.people if colleagues or pk == self.sight.viewer.person_id}
        self._send_presences(seen)

    def tell_of_themselves(self, presences: Mapping[int, str]) -> None:
        """What others see of this page's person, if they are among these."""
        own = self.sight.viewer.person_id
        if self.shows is Shows.PEOPLE and own in presences:
            self._send_presences({own: presences[own]})

    def _send_presences(self, presences: Mapping[int, str]) -> None:
        if presences:
            self.send(json.dumps(presences, separators=(",", ":")), event="presence")

    def tell(self, news: News, rows: Mapping[int, Current], moment: int) -> bool:
        """Queues what concerns this page; whether its list has changed."""
        if not self.inbox:
            if news.rows:
                self.tell_queues()
            return False
        if len(news.rows) > MAX_ROWS and any(map(self._saw, news.rows.values())):
            self.start_over()
            return True
        shown, gone = self._sorted(news, rows)
        if shown:
            html = "".join(shown.values())
            self.send(f'<hx-partial hx-target="#rows" hx-swap="live-rows">{html}</hx-partial>')
        threads = [pk for pk, changes in news.threads.items() if self._saw(changes)]
        if shown or gone or threads:
            told = {"threads": threads if len(threads) <= MAX_ROWS else "all", "gone": gone}
            self.send(json.dumps(told, separators=(",", ":")), event="interactions", moment=moment)
        return bool(shown or gone)

    def _sorted(self, news: News, rows: Mapping[int, Current]) -> tuple[dict[int, str], list[int]]:
        """The rows to show, and those to take away."""
        shown, gone = {}, []
        for pk in news.few:
            row = rows.get(pk)
            if row and row.html and self.sight.sees(row.place):
                # A page that joined while the rows were drawn catches up by itself.
                if html := row.html.get(self.sight.language):
                    shown[pk] = html
            elif self._saw(news.rows[pk]):
                gone.append(pk)
        return shown, gone

    def _saw(self, changes: list[InteractionChange]) -> bool:
        return any(self.sight.sees(change) for change in changes)
