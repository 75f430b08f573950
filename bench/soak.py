"""A night's worth in ten minutes: 200 texts a second in and out with receipts, and what must not grow meanwhile."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit

import psutil

from bench import crowd, desk, load
from bench.send import sink_counts

SECONDS = int(os.environ.get("SOAK_SECONDS", "600"))
A_SECOND = 200
WARM_SECONDS = 30
"""Until every customer of the first minute has a conversation, and pools and caches have their size."""
MAY_GROW = {
    "interactions_message", "interactions_interaction", "channels_inboundevent", "channels_loanuse",
    "tenancy_segmentuse",
}  # fmt: skip
SLACK = 1.15
"""How much more memory there may be at the end than in the middle: the allocator's own coming and going."""


@dataclass(frozen=True, slots=True)
class Look:
    """How things stand at one moment."""

    megabytes: dict[str, float]
    descriptors: dict[str, int]
    connections: int
    rows: dict[str, int]


def _look(parts: dict[str, psutil.Process]) -> Look:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
        (connections,) = cursor.fetchone()
        rows = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  names of our own tables
            (rows[table],) = cursor.fetchone()
    return Look(
        megabytes={name: process.memory_info().rss / 1e6 for name, process in parts.items()},
        descriptors={name: process.num_fds() for name, process in parts.items()},
        connections=connections,
        rows=rows,
    )


class Traffic:
    """Texts both ways, as many as the seconds ask for."""

    def __init__(self, people: crowd.Crowd, port: int) -> None:
        from scopchat.channels.providers.twilio.fake.carrier import TwilioFake

        self._people = people
        self._port = port
        self._carrier = TwilioFake(desk.SID, desk.TOKEN)
        self._numbers = count()
        self.acknowledged = 0
        self.queued = 0

    async def run(self, seconds: float) -> None:
        """Texts for so long; a second that takes longer is made up for."""
        began, turns = time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds:
            if turns > passed:
                await asyncio.sleep(turns - passed)
            turns += 1
            numbers = [next(self._numbers) for _ in range(A_SECOND)]
            await asyncio.to_thread(self._queue)
            outcome = await load.fire(self._port, list(self._callbacks(numbers)), connections=8)
            self.acknowledged += outcome.accepted

    def _callbacks(self, numbers: list[int]) -> Iterator[bytes]:
        from scopchat.channels.providers.twilio.fake import callbacks

        url = f"{self._people.callback_url}/inbound"
        for n in numbers:
            _pk, _company, address, _shard = self._people.channels[n % crowd.CHANNELS]
            callback = callbacks.inbound(
                self._carrier, url, sender=crowd.customer(n), recipient=address, body=f"Bonjour {n}", sid=f"SM{n:032x}"
            )
            yield load.post(urlsplit(url).path, callback.headers, callback.body)

    def _queue(self) -> None:
        """Answers to those who wrote last, stored in one go as if people had written them."""
        from django.db import connections, transaction
        from django_scopes import scopes_disabled

        from scopchat.channels.drains import Work, defer_drain
        from scopchat.common.clock import utc_now
        from scopchat.interactions.models import Interaction, Message, OutboxEntry

        with scopes_disabled(), transaction.atomic():
            parents = list(Interaction.objects.order_by("-last_activity_at", "-pk")[:A_SECOND])
            texts = Message.objects.bulk_create(
                Message(
                    company_id=parent.company_id, channel_id=parent.channel_id, interaction_id=parent.pk,
                    direction="out", text=f"Merci {parent.pk}", status="queued", created_at=utc_now(),
                )
                for parent in parents
            )  # fmt: skip
            OutboxEntry.objects.bulk_create(
                OutboxEntry(message_id=text.pk, channel_id=text.channel_id, interaction_id=text.interaction_id)
                for text in texts
            )
        self.queued += len(texts)
        shards = {pk: shard for pk, _company, _address, shard in self._people.channels}
        for shard in {shards[parent.channel_id] for parent in parents}:
            defer_drain(Work.SEND, shard)
        connections.close_all()


async def _soak(people: crowd.Crowd, port: int, parts: dict[str, psutil.Process]) -> tuple[list[Look], Traffic]:
    traffic, looks = Traffic(people, port), []
    await traffic.run(WARM_SECONDS)
    for _half in range(2):
        looks.append(await asyncio.to_thread(_look, parts))
        await traffic.run(SECONDS / 2)
    # What is on its way arrives before it is counted for the last time.
    await asyncio.sleep(20)
    looks.append(await asyncio.to_thread(_look, parts))
    return looks, traffic


def main() -> bool:
    """Prints what there was at the start, in the middle and at the end; True when nothing grew but what is meant to."""
    sink_port = desk.free_port()
    with desk.installation() as public_url:
        port = int(public_url.rpartition(":")[2])
        people = crowd.make(api_base_url=f"http://127.0.0.1:{sink_port}")
        with (
            desk.web(public_url) as web,
            desk.worker() as worker,
            desk.running("-m", "bench.sink", str(sink_port), str(port)),
        ):
            desk.wait_for(sink_port)
            parts = {name: psutil.Process(one.pid) for name, one in (("web", web), ("worker", worker))}
            parts["PostgreSQL"] = desk.postgres()
            looks, traffic = asyncio.run(_soak(people, port, parts))
            counts = sink_counts(sink_port)
            exact = _exact(traffic, counts)
    flat = _told(looks)
    told = f"in {traffic.acknowledged:,}, out {traffic.queued:,}, carrier {counts}"
    print(f"        {told}: {'exact' if exact else 'NOT EXACT'}")
    return flat and exact


def _exact(traffic: Traffic, counts: dict[str, int]) -> bool:
    from django_scopes import scopes_disabled

    from scopchat.interactions.models import Message

    with scopes_disabled():
        stored = Message.objects.filter(direction="in").count()
        delivered = Message.objects.filter(direction="out", status="delivered").count()
    return stored == traffic.acknowledged and delivered == traffic.queued == counts["taken"] and not counts["twice"]


def _told(looks: list[Look]) -> bool:
    """Prints the three looks beside each other; whether the last is as the middle one."""
    first, middle, last = looks
    flat = True
    print(f"soak    {SECONDS} s at {A_SECOND} texts/s each way" + f"{'start':>17}{'middle':>12}{'end':>12}")
    for name in first.megabytes:
        row = [look.megabytes[name] for look in looks]
        grew = name != "PostgreSQL" and row[2] > row[1] * SLACK
        print(f"        {name + ', MB':<44}" + "".join(f"{value:>12,.0f}" for value in row) + "  GROWS" * grew)
        flat &= not grew
    for name in first.descriptors:
        row = [look.descriptors[name] for look in looks]
        grew = row[2] > row[1] + 20
        print(f"        {name + ', descriptors':<44}" + "".join(f"{value:>12,}" for value in row) + "  GROWS" * grew)
        flat &= not grew
    print(f"        {'database connections':<44}" + "".join(f"{look.connections:>12,}" for look in looks))
    for table in first.rows:
        row = [look.rows[table] for look in looks]
        if not any(row):
            continue
        grew = table not in MAY_GROW and row[2] > row[1] + A_SECOND
        print(f"        {table:<44}" + "".join(f"{value:>12,}" for value in row) + "  GROWS" * grew)
        flat &= not grew
    return flat and last.connections <= middle.connections + 5
