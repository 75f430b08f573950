"""Sending by one worker to a carrier that takes 50 ms, receipts coming back, beside a bare claim-post-record loop."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import time
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlencode

import psutil
import uvloop
from pyreqwest.client import ClientBuilder

from bench import crowd, desk, peers

ROUNDS = 3
TEXTS = 60_000
BAR = 5_000

LIMIT_TABLE = "CREATE TABLE IF NOT EXISTS bench_outbox (id int PRIMARY KEY, status text, sid text)"
LIMIT_CLAIM = """
WITH t AS (SELECT id FROM bench_outbox WHERE status = 'queued' ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)
UPDATE bench_outbox o SET status = 'sending' FROM t WHERE o.id = t.id RETURNING o.id
"""
LIMIT_RECORD = """
UPDATE bench_outbox o SET status = 'sent', sid = r.sid FROM unnest(%b::int[], %b::text[]) AS r (id, sid)
WHERE o.id = r.id
"""


def _fill(people: crowd.Crowd) -> None:
    """Queues one text to each of many customers."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE interactions_interaction, interactions_message, interactions_outboxentry CASCADE")
        cursor.execute("TRUNCATE channels_inboundevent, channels_pendingevent")
    from scopchat.common.clock import utc_now
    from scopchat.interactions.models import Interaction, Message, OutboxEntry

    now = utc_now()
    fields = {"status": "open", "last_activity_at": now, "changed_at": now, "opened_at": now}

    def interactions() -> Iterator[Interaction]:
        for n in range(TEXTS):
            pk, company, _address, _shard = people.channels[n % crowd.CHANNELS]
            yield Interaction(company_id=company, channel_id=pk, customer=f"+1514{5550000 + n:07d}", **fields)

    made = Interaction.objects.bulk_create(interactions(), batch_size=5_000)
    texts = Message.objects.bulk_create(
        (
            Message(
                company_id=parent.company_id, channel_id=parent.channel_id, interaction_id=parent.pk, direction="out",
                text=f"Votre commande {parent.pk} est prête, merci !", status="queued", created_at=now,
            )
            for parent in made
        ),
        batch_size=5_000,
    )  # fmt: skip
    OutboxEntry.objects.bulk_create(
        (
            OutboxEntry(message_id=text.pk, channel_id=text.channel_id, interaction_id=text.interaction_id)
            for text in texts
        ),
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _send() -> float:
    """One worker's seconds to send everything, database writes included."""
    from scopchat.interactions.models import Message, OutboxEntry

    with desk.worker() as process:
        while (first := OutboxEntry.objects.count()) == TEXTS:
            time.sleep(0.02)
        began = time.perf_counter()
        while OutboxEntry.objects.exists():
            time.sleep(0.05)
        seconds = (time.perf_counter() - began) * TEXTS / first
        spent = psutil.Process(process.pid).cpu_times()
        cost = (spent.user + spent.system) / TEXTS * 1e6
        print(f"        {TEXTS / seconds:,.0f}/s, worker {cost:,.0f} µs of CPU a text")
        deadline = time.monotonic() + 60
        while Message.objects.exclude(status="delivered").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
    return seconds


async def _limit(url: str, callback: str, dsn: str) -> float:
    """Seconds for claims of a thousand, all posted at once with the same client, each batch recorded in one UPDATE.

    With a `callback` receipts come back meanwhile, to a bare group commit.
    """
    import psycopg

    async with (
        await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection,
        ClientBuilder().max_connections(1000).build() as client,
    ):
        await connection.execute(LIMIT_TABLE)
        await connection.execute("TRUNCATE bench_outbox")
        await connection.execute("INSERT INTO bench_outbox SELECT n, 'queued' FROM generate_series(1, %s) n", [TEXTS])

        async def post(pk: int) -> tuple[int, str]:
            form = {"Body": f"limit {pk}", "To": "x", "From": "y", "StatusCallback": f"{callback}?{pk}"}
            body = urlencode(form if callback else form | {"StatusCallback": ""}).encode()
            answer = await client.post(url).body_bytes(body).build().send()
            return pk, json.loads(bytes(await answer.bytes()))["sid"]

        began = time.perf_counter()
        while claimed := await (await connection.execute(LIMIT_CLAIM)).fetchall():
            results = await asyncio.gather(*(post(pk) for (pk,) in claimed))
            columns = [[pk for pk, _sid in results], [sid for _pk, sid in results]]
            await connection.execute(LIMIT_RECORD, columns)
        return time.perf_counter() - began


def sink_counts(port: int) -> dict[str, int]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/counts", timeout=5) as response:
        counts: dict[str, int] = json.load(response)
    return counts


def _limits(dsn: str) -> tuple[float, float]:
    """Texts a second of the bare loop, without and with receipts coming back."""
    from django.db import connection

    bare_port, limit_port = desk.free_port(), desk.free_port()
    with connection.cursor() as cursor:
        cursor.execute(peers.TABLE)
        cursor.execute("TRUNCATE bench_limit")
    with (
        desk.running("-m", "bench.peers", "bare", str(bare_port)),
        desk.running("-m", "bench.sink", str(limit_port), str(bare_port)),
    ):
        desk.wait_for(bare_port)
        desk.wait_for(limit_port)
        url, callback = f"http://127.0.0.1:{limit_port}/", f"{os.environ['SCOPCHAT_PUBLIC_URL']}/bare"
        alone, together = (TEXTS / uvloop.run(_limit(url, each, dsn)) for each in ("", callback))
    return alone, together


def main() -> bool:
    """Prints texts a second and the share of the limits; True when the bar is met and nothing was lost or doubled."""
    ours, limits, exact = [], [], True
    sink_port = desk.free_port()
    with desk.installation() as public_url:
        from django_scopes import scopes_disabled

        from scopchat.interactions.models import Message

        people = crowd.make(api_base_url=f"http://127.0.0.1:{sink_port}")
        with desk.web(public_url), scopes_disabled():
            for _turn in range(ROUNDS):
                limits.append(_limits(os.environ["DATABASE_URL"]))
                with desk.running("-m", "bench.sink", str(sink_port), public_url.rpartition(":")[2]):
                    desk.wait_for(sink_port)
                    _fill(people)
                    ours.append(TEXTS / _send())
                    counts = sink_counts(sink_port)
                    delivered = Message.objects.filter(status="delivered").count()
                    print(f"        sink {counts}, delivered {delivered}")
                    exact = exact and counts["taken"] == TEXTS == delivered and counts["twice"] == 0
    rate = statistics.median(ours)
    alone, together = (statistics.median(found) for found in zip(*limits, strict=True))
    print(f"send    ours {rate:,.0f} texts/s by one worker, receipts coming back, bar {BAR:,}")
    print(f"        {rate / together:.2f} of a bare claim-post-record loop with bare hooks ({together:,.0f}/s)")
    print(f"        {rate / alone:.2f} of that loop without receipts ({alone:,.0f}/s)")
    print(f"        every text taken once and its receipt recorded: {'yes' if exact else 'NO'}")
    return exact and rate >= BAR
