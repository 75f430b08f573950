"""From hook to screen: 300 people with open pages, 100 texts a second, one server process and one worker.

Every user has a thread open, which gets a twentieth of their texts. The row of any other text has to appear in
the lists of the user and of the company's administrator; the user's page fetches the bubble of one for the open thread.
It is done with everybody in one language, then in eight: rows are drawn for each, on the event loop that also answers
carriers. At last fifty people get all the texts, and each opens a conversation and answers it every few seconds.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import psutil
import uvloop

from bench import desk
from bench.answering import answer
from bench.office import Office, is_to_open_thread, make, requests
from bench.page import Page

RATE, SECONDS, WARMING = 100, 20, 3
BAR = 0.150
PSEUDO = ("es", "pt", "de", "it", "nl", "ar")
"""Languages in made-up words, until they are translated."""
EVERYONE = 300
ROUNDS = ((("fr",), EVERYONE, False), (("fr", "en", *PSEUDO), EVERYONE, False), (("fr", "en"), 50, True))
"""Of each round: people's languages, how many pages are open, whether their people answer."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round gave."""

    limit: list[float]
    """Seconds from a bare NOTIFY to a frame."""
    spent: dict[str, float]
    """Each process's seconds of CPU for the measured texts."""
    answers: int
    """Written by the people at the pages."""
    began: datetime


async def _pace(office: Office, port: int, requests: Sequence[tuple[int, bytes]], first: int) -> None:
    """Sends at the rate, whatever the answers take."""
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(8)]
    answers = [
        asyncio.create_task(_answers(office, reader, range(first + place, first + len(requests), len(connections))))
        for place, (reader, _writer) in enumerate(connections)
    ]
    began = time.perf_counter()
    for n, (channel, request) in enumerate(requests):
        await asyncio.sleep(max(0, began + n / RATE - time.perf_counter()))
        office.sent[first + n] = channel, is_to_open_thread(first + n), time.perf_counter()
        connections[n % len(connections)][1].write(request)
    await asyncio.gather(*answers)


async def _answers(office: Office, reader: asyncio.StreamReader, marks: range) -> None:
    """Reads the answers of one connection, which come in the order in which it asked."""
    for mark in marks:
        if b"HTTP/1.1 200" not in (head := await reader.readuntil(b"\r\n\r\n")):
            raise RuntimeError("a callback was refused")
        office.answered[mark] = time.perf_counter() - office.sent[mark][2]
        if length := re.search(rb"(?i)content-length: (\d+)", head):
            await reader.readexactly(int(length[1]))


async def _limit(office: Office, pages: Sequence[Page]) -> list[float]:
    """Seconds from a bare NOTIFY to the frame on each page that may see it, with nothing to draw."""
    import os

    import psycopg

    from scopchat.events.catalogue import InteractionChange, InteractionsChanged
    from scopchat.events.wire import CHANNEL, encode

    began: dict[int, float] = {}
    taken: list[float] = []
    told = 0
    for page in pages:
        page.told = lambda ids, moment: taken.extend(moment - began[pk] for pk in ids)
    async with await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for n in range(RATE * 5):
            channel, company, _address = office.channels[n * 37 % len(office.channels)]
            event = InteractionsChanged(company, (InteractionChange(-n, channel, None, None),))
            began[-n] = time.perf_counter()
            told += len(office.watchers[channel])
            await connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, *encode(event)])
            await asyncio.sleep(1 / RATE)
    await asyncio.sleep(1)
    for page in pages:
        page.told = None
    if len(taken) != told:
        raise RuntimeError(f"{len(taken)} frames, not {told}")
    return taken


async def _measure(
    office: Office, port: int, processes: Mapping[str, psutil.Process], first: int, *, answering: bool
) -> Round:
    """One round, whose texts are marked from `first` on."""
    from scopchat.common.clock import utc_now

    texts = requests(office, range(first, first + RATE * (SECONDS + WARMING)))
    pages = [
        Page(port, company_id, session, thread, partial(office.shown, place))
        for place, ((company_id, session), thread) in enumerate(zip(office.sessions, office.threads, strict=True))
    ]
    opened = [asyncio.Event() for _ in pages]
    tasks = [asyncio.create_task(page.live(ready)) for page, ready in zip(pages, opened, strict=True)]
    await asyncio.gather(*(ready.wait() for ready in opened))
    limit = await _limit(office, pages)
    tasks += [asyncio.create_task(page.fetch()) for page in pages]
    if answering:
        tasks.append(asyncio.create_task(answer(office, port, pages)))
    warming = RATE * WARMING
    await _pace(office, port, texts[:warming], first)
    await asyncio.sleep(1)
    before, began = _spent(processes), utc_now()
    await _pace(office, port, texts[warming:], first + warming)
    spent = {name: seconds - before[name] for name, seconds in _spent(processes).items()}
    deadline = time.monotonic() + 20
    expected = len(_expected(office))
    while len(office.latencies) < expected and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)
    for task in tasks:
        if task.done():
            task.result()
        task.cancel()
    await asyncio.wait(tasks)
    return Round(limit, spent, sum(page.answers for page in pages), began)


def _expected(office: Office) -> set[tuple[int, int]]:
    """Each text sent, with the place of each page that may see it."""
    return {(mark, page) for mark, (channel, _open, _at) in office.sent.items() for page in office.watchers[channel]}


def _spent(processes: Mapping[str, psutil.Process]) -> dict[str, float]:
    """Seconds of CPU of each process, the database's with all its backends, gone ones included."""
    return {
        name: sum(float(sum(each.cpu_times()[: 4 if name == "PostgreSQL" else 2])) for each in (process, *backends))
        for name, process in processes.items()
        for backends in [process.children() if name == "PostgreSQL" else []]
    }


def _routing(since: datetime) -> list[float]:
    """Seconds from each hook's arrival, since then, to the moment the worker routed its text."""
    from scopchat.interactions.models import Message

    found = (
        Message.objects.exclude(text="Bonjour")
        .filter(interaction__unread=1, created_at__gte=since)
        .values_list("created_at", "interaction__changed_at")
    )
    return [(routed - received).total_seconds() for received, routed in found]


def _percentiles(seconds: Sequence[float]) -> tuple[float, float, float]:
    """Median, 95th and largest, in milliseconds."""
    ordered = sorted(seconds)
    return ordered[len(ordered) // 2] * 1000, ordered[int(len(ordered) * 0.95)] * 1000, ordered[-1] * 1000


def main() -> bool:
    """True when the bar is met in every round, and everyone who may see a text saw it and nobody else."""
    met = True
    with desk.installation(pseudo=PSEUDO) as public_url:
        port, sink = int(public_url.rpartition(":")[2]), desk.free_port()
        office = make(api_base_url=f"http://127.0.0.1:{sink}")
        with (
            desk.running("-m", "bench.sink", str(sink), str(port)),
            desk.web(public_url) as server,
            desk.worker() as worker,
        ):
            processes = {"web": psutil.Process(server.pid), "worker": psutil.Process(worker.pid)}
            processes["PostgreSQL"] = desk.postgres()
            processes["this measurement"] = psutil.Process()
            for number, (languages, pages, answering) in enumerate(ROUNDS):
                shown = office.first(pages)
                shown.begin(languages)
                first = number * RATE * (SECONDS + WARMING)
                one = uvloop.run(_measure(shown, port, processes, first, answering=answering))
                print(f"live    {pages} pages in languages: {len(languages)}, answers written: {one.answers}")
                met = _report(shown, one, first + RATE * WARMING) and met
    return met


def _report(office: Office, one: Round, first: int) -> bool:
    """Prints what the round gave for its texts from `first` on; True when it met the bar."""
    from django_scopes import scopes_disabled

    with scopes_disabled():
        routing = _routing(one.began)
    expected = _expected(office)
    exact = set(office.latencies) == expected and not office.foreign
    counted = {key: seconds for key, seconds in office.latencies.items() if key[0] >= first}
    bubbles = [s for (mark, page), s in counted.items() if office.sent[mark][1] and office.threads[page] is not None]
    p50, p95, most = _percentiles(list(counted.values()))
    answer50, answer95, slowest = _percentiles([seconds for mark, seconds in office.answered.items() if mark >= first])
    bubble50, bubble95, _bubble = _percentiles(bubbles)
    bare50, bare95, _bare = _percentiles(one.limit)
    routed50, routed95, _routed = _percentiles(routing)
    print(f"        hook to screen p50 {p50:.0f}, p95 {p95:.0f}, max {most:.0f} ms; bar {BAR * 1000:.0f}")
    print(f"        the carrier's answer p50 {answer50:.1f}, p95 {answer95:.1f}, max {slowest:.1f} ms")
    print(f"        of it until routed p50 {routed50:.0f}, p95 {routed95:.0f} ms")
    print(f"        bubbles in open threads, fetched: p50 {bubble50:.0f}, p95 {bubble95:.0f} ms")
    print(f"        {p95 / bare95:.0f} × a bare NOTIFY to the stream (p50 {bare50:.1f}, p95 {bare95:.1f} ms)")
    seconds = ", ".join(f"{name} {value:.1f}" for name, value in one.spent.items())
    print(f"        CPU seconds in {SECONDS} s at {RATE} texts/s: {seconds}")
    verdict = f"seen {len(office.latencies):,}, by others {office.foreign}"
    print(f"        expected {len(expected):,}, {verdict}: {'exact' if exact else 'NOT exact'}")
    return exact and p95 <= BAR * 1000
