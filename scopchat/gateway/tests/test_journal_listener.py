"""What a worker hears of the journal, over a real NOTIFY."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest

from scopchat.gateway.database import connection_params
from scopchat.gateway.journal import Entry, Journal
from scopchat.gateway.journal_listener import Arrivals

pytestmark = pytest.mark.django_db(transaction=True)

FOREVER = 10.0


def entry(event: str, shard: int, key: str) -> Entry:
    return Entry(1, event, key, shard, "POST", "", {}, "2026-11-23T14:00:00Z", "accepted", "", json.dumps(key).encode())


@contextlib.asynccontextmanager
async def hearing() -> AsyncIterator[tuple[Journal, Arrivals]]:
    """A server's journal and what a worker hears of it, from here on."""
    journal, arrivals = Journal(connection_params()), Arrivals(connection_params())
    tasks = [asyncio.create_task(each.run()) for each in (journal, arrivals)]
    await arrivals.something(7, FOREVER)
    for shard in (7, 8):
        arrivals.forget(shard)
    try:
        yield journal, arrivals
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await journal.close()


async def test_a_customers_text_ends_the_pause_that_receipts_are_given() -> None:
    async with hearing() as (journal, arrivals):
        await journal.append([entry("status", 7, "r")])
        assert await arrivals.something(7, FOREVER)
        pausing = asyncio.create_task(arrivals.message(7, FOREVER))
        await journal.append([entry("status", 7, "r2")])
        await journal.append([entry("inbound", 8, "i")])
        assert await arrivals.something(8, FOREVER)
        assert not pausing.done()
        await journal.append([entry("inbound", 7, "i2")])
        assert await pausing


async def test_receipts_and_texts_of_one_commit_are_both_heard() -> None:
    async with hearing() as (journal, arrivals):
        await asyncio.gather(*(journal.append([entry(event, 7, event)]) for event in ("status", "inbound")))
        assert await arrivals.something(7, FOREVER)
        assert await arrivals.message(7, FOREVER)


async def test_the_same_callback_again_is_no_news() -> None:
    async with hearing() as (journal, arrivals):
        await journal.append([entry("inbound", 7, "i")])
        assert await arrivals.something(7, FOREVER)
        arrivals.forget(7)
        await journal.append([entry("inbound", 7, "i")])
        await journal.append([entry("inbound", 8, "other")])
        assert await arrivals.something(8, FOREVER)
        assert not await arrivals.something(7, 0)
