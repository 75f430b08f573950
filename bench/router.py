"""Routing by one worker from a full journal, beside the limit of inserting messages and updating parents in batches."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from bench import crowd, desk

ROUNDS = 3
EVENTS = 40_000
BATCH = 500
BAR = 4_000


def _fill(people: crowd.Crowd, turn: int) -> None:
    """Journals signed texts for every channel, as the hooks would have."""
    from django.db import connection

    from scopchat.channels.models import InboundEvent, PendingEvent
    from scopchat.channels.providers.twilio.fake import callbacks
    from scopchat.channels.providers.twilio.fake.carrier import TwilioFake
    from scopchat.common.clock import utc_now

    carrier, now = TwilioFake(desk.SID, desk.TOKEN), utc_now()

    def rows() -> Iterator[InboundEvent]:
        for n in range(EVENTS):
            _pk, _company, address, shard = people.channels[n * 7 % crowd.CHANNELS]
            sid = f"SM{turn:02d}{n:030d}"
            made = callbacks.inbound(
                carrier, f"{people.callback_url}/inbound", sender=crowd.customer(n * 13), recipient=address,
                body=f"Bonjour, message {n}", sid=sid,
            )  # fmt: skip
            yield InboundEvent(
                provider_id=people.provider_id, event="inbound", carrier_key=sid,
                shard=shard, method="POST", url=made.url, body=made.body, received_at=now,
            )  # fmt: skip

    made = InboundEvent.objects.bulk_create(rows(), batch_size=5_000)
    PendingEvent.objects.bulk_create((PendingEvent(shard=e.shard, event_id=e.pk) for e in made), batch_size=5_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _route() -> float:
    """One worker's seconds to empty the journal."""
    from scopchat.channels.models import PendingEvent

    pending = PendingEvent.objects.all()
    with desk.worker():
        while (first := pending.count()) == EVENTS:
            time.sleep(0.005)
        began = time.perf_counter()
        while pending.exists():
            time.sleep(0.01)
        return (time.perf_counter() - began) * EVENTS / first


LIMIT_TABLES = """
CREATE TABLE IF NOT EXISTS bench_parent (id int PRIMARY KEY, seen int DEFAULT 0, preview text);
CREATE TABLE IF NOT EXISTS bench_child (id bigserial PRIMARY KEY, parent_id int, carrier_id text UNIQUE, body text);
INSERT INTO bench_parent SELECT generate_series(1, 20000) ON CONFLICT DO NOTHING;
"""
LIMIT = """
WITH new AS (INSERT INTO bench_child (parent_id, carrier_id, body)
             SELECT * FROM unnest(%s::int[], %s::text[], %s::text[]) RETURNING parent_id, body)
UPDATE bench_parent p SET seen = seen + 1, preview = new.body FROM new WHERE p.id = new.parent_id
"""


def _limit(turn: int) -> float:
    """Seconds for the same number of bare inserts with parent updates, batched, durable, one connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        began = time.perf_counter()
        for start in range(0, EVENTS, BATCH):
            span = range(start, start + BATCH)
            ids = [f"{turn}-{n}" for n in span]
            cursor.execute(LIMIT, [[n % 20_000 + 1 for n in span], ids, [f"Bonjour {n}" for n in span]])
        return time.perf_counter() - began


def main() -> bool:
    """Prints messages a second and the share of the limit; True when the bar is met and counts are exact."""
    ours, limit = [], []
    with desk.installation() as _public_url:
        from django.db import connection
        from django_scopes import scopes_disabled

        from scopchat.interactions.models import Message

        people = crowd.make()
        with connection.cursor() as cursor:
            cursor.execute(LIMIT_TABLES)
        for turn in range(ROUNDS):
            _fill(people, turn)
            limit.append(EVENTS / _limit(turn))
            ours.append(EVENTS / _route())
        with scopes_disabled():
            exact = Message.objects.count() == ROUNDS * EVENTS
    rate, bound = statistics.median(ours), statistics.median(limit)
    print(f"router  ours {rate:,.0f} messages/s by one worker, bar {BAR:,}")
    print(f"        {rate / bound:.2f} of bare batched inserts with parent updates ({bound:,.0f}/s)")
    print(f"        every journaled text is one message: {'yes' if exact else 'NO'}")
    return exact and rate >= BAR
