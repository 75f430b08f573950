"""News goes out once the change is on disk, and reaches everyone who listens, whatever breaks in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from scopchat.common import notices
from scopchat.events.catalogue import Event, InteractionChange, InteractionsChanged, SimulatorChanged
from scopchat.events.publish import publish
from scopchat.events.subscribe import listen
from scopchat.events.wire import CHANNEL, encode

EVENT = InteractionsChanged(1, tuple(InteractionChange(pk, 2, None, 3) for pk in range(1, 200)))


@pytest.fixture
def told(transactional_db: None) -> Iterator[Callable[[], list[str]]]:
    """What another connection has heard by now."""
    with psycopg.connect(**connection_params(), autocommit=True) as other:
        other.execute(f"LISTEN {CHANNEL}")
        yield lambda: [notice.payload for notice in other.notifies(timeout=0.2)]


def test_nothing_goes_out_before_the_commit(told: Callable[[], list[str]]) -> None:
    with transaction.atomic():
        publish(SimulatorChanged(1))
        assert told() == []
    assert told() == list(encode(SimulatorChanged(1)))


def test_a_change_that_was_taken_back_is_no_news(told: Callable[[], list[str]]) -> None:
    with transaction.atomic():
        publish(SimulatorChanged(1))
        transaction.set_rollback(True)
    assert told() == []


def test_outside_a_transaction_it_goes_out_at_once(told: Callable[[], list[str]]) -> None:
    publish(SimulatorChanged(1))
    assert told() == list(encode(SimulatorChanged(1)))


@pytest.mark.django_db(transaction=True)
def test_all_parts_of_an_event_go_out_in_one_statement(django_assert_num_queries: Any) -> None:
    assert len(list(encode(EVENT))) == 3
    with django_assert_num_queries(1):
        publish(EVENT)


def connection_params() -> dict[str, Any]:
    """The test's database, for a connection of our own."""
    params = connection.get_connection_params()
    return {name: params[name] for name in ("host", "port", "user", "password", "dbname") if name in params}


async def tell(*events: Event) -> None:
    """Publishes as another process would."""
    async with await psycopg.AsyncConnection.connect(**connection_params(), autocommit=True) as other:
        for event in events:
            for payload in encode(event):
                await other.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


async def end_listener() -> None:
    """Terminates the server's side of the listening connection."""
    async with await psycopg.AsyncConnection.connect(**connection_params(), autocommit=True) as other:
        ended = await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query = %s AND datname = current_database() AND pid <> pg_backend_pid()",
            [f'LISTEN "{CHANNEL}"'],
        )
        assert await ended.fetchall() == [(True,)]


async def following(events: AsyncIterator[Event | None]) -> Event | None:
    return await asyncio.wait_for(anext(events), timeout=10)


@pytest.mark.usefixtures("transactional_db")
async def test_it_hears_what_others_publish() -> None:
    async with aclosing(listen(connection_params())) as events:
        assert await following(events) is None
        await tell(SimulatorChanged(1), SimulatorChanged(2))
        assert [await following(events), await following(events)] == [SimulatorChanged(1), SimulatorChanged(2)]


@pytest.mark.usefixtures("transactional_db")
async def test_it_listens_anew_after_its_connection_ended_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "RECONNECT_SECONDS", 0)
    async with aclosing(listen(connection_params())) as events:
        assert await following(events) is None
        await end_listener()
        # None again: what was published meanwhile is missed, and pages catch up by their cursor.
        assert await following(events) is None
        await tell(SimulatorChanged(3))
        assert await following(events) == SimulatorChanged(3)
