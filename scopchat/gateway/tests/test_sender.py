"""From the outbox to a carrier that answers, refuses, stays silent or is not there."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

import pytest

from scopchat.channels.drains import Work
from scopchat.channels.models import Provider
from scopchat.channels.providers.base import Attempt, FailureReason, OutboundMessage, Refused
from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.gateway import leases, sender, turns
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.tests.carriers import Application, answering, drain, fresh, on_its_way, point_at, queue, serving
from scopchat.gateway.tests.conftest import Desk
from scopchat.gateway.turns import Room
from scopchat.interactions.models import Message, OutboxEntry, Priority
from scopchat.interactions.services import sending

pytestmark = pytest.mark.django_db(transaction=True)


async def hanging_up(scope_: Any, receive: Any, send: Any) -> None:
    """Takes the request and closes the connection without an answer."""
    await receive()
    raise ConnectionResetError


async def test_it_hands_texts_over_once_and_in_order(desk: Desk) -> None:
    texts = [await in_thread_unscoped(queue, desk, str(n)) for n in range(5)]
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    assert [text.body for text in desk.carrier.texts.values()] == ["0", "1", "2", "3", "4"]
    done = [await in_thread_unscoped(fresh, text) for text in texts]
    assert [message.status for message in done] == ["sent"] * 5
    assert [message.carrier_id for message in done] == list(desk.carrier.texts)


async def test_it_marks_what_the_carrier_refuses(desk: Desk) -> None:
    text = await in_thread_unscoped(queue, desk, "x", to="+15145550199")
    desk.carrier.opted_out.add((desk.channel.address, "+15145550199"))
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    message = await in_thread_unscoped(fresh, text)
    assert (message.status, message.reason, message.error_code) == ("failed", "opted_out", "21610")


async def test_it_says_what_is_wrong_with_the_account_until_it_works_again(desk: Desk) -> None:
    await in_thread_unscoped(queue, desk, "x")
    async with serving(answering(401, b'{"code": 20003}')) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    assert (await in_thread_unscoped(_provider, desk)).incident == "account: HTTP 401, error 20003"
    await in_thread_unscoped(queue, desk, "y")
    async with serving(FakeServer(desk.carrier)) as url:
        turns._account.cache_clear()
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    assert (await in_thread_unscoped(_provider, desk)).incident == ""


@pytest.mark.parametrize(
    "carrier", [answering(500), answering(201, b"<html>"), hanging_up], ids=["500", "html", "hang up"]
)
async def test_it_never_resends_when_the_answer_is_unclear(desk: Desk, carrier: Application) -> None:
    text = await in_thread_unscoped(queue, desk, "x")
    async with serving(carrier) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
        await drain(desk)
    entry = await in_thread_unscoped(on_its_way, text)
    assert (entry.message.status, entry.attempts) == ("unknown", 1)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", None], ids=["nobody there", "429"])
async def test_it_tries_again_later_when_nothing_was_taken(desk: Desk, url: str | None) -> None:
    text = await in_thread_unscoped(queue, desk, "x")
    lease = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
    async with serving(answering(429)) as busy, http.Client(allow_private=True) as client:
        await in_thread_unscoped(point_at, desk, url or busy)
        await sender.Run(lease, client)._step()
    entry = await in_thread_unscoped(on_its_way, text)
    assert (entry.message.status, entry.message.error_code, entry.attempts, entry.claim) == (
        "queued",
        "429" if url is None else "connection",
        1,
        None,
    )
    assert entry.not_before is not None
    assert timedelta(seconds=0.5) < entry.not_before - utc_now() < timedelta(seconds=3)


@pytest.mark.parametrize(
    ("priority", "hours", "status"),
    [
        (Priority.LIVE, 3.9, "queued"), (Priority.LIVE, 4.0, "failed"),
        (Priority.MASS, 23.9, "queued"), (Priority.MASS, 24.0, "failed"),
    ],
)  # fmt: skip
def test_it_waits_for_a_carrier_for_hours_and_then_says_why(priority: Priority, hours: float, status: str) -> None:
    now = utc_now()
    message = OutboundMessage(Attempt(1, 300, 0), "a", "b", "c")
    text = sending.Claimed(1, message, 1, priority, now - timedelta(hours=hours))
    away = Refused(FailureReason.CONNECTION, "connection", "ConnectError", retryable=True)
    result = sender.result_of(text, away, now)
    assert (result.status, result.reason) == (status, "connection")
    assert result.not_before == (now + timedelta(minutes=1) if status == "queued" else None)


@pytest.mark.parametrize(
    ("asked", "seconds"), [("", 2), ("120", 120), ("1", 2), ("999999", 3600), ("soon", 2), ("http-date", 90)]
)
async def test_it_leaves_a_carrier_alone_for_as_long_as_it_asks(desk: Desk, asked: str, seconds: int) -> None:
    if asked == "http-date":
        asked = format_datetime(utc_now() + timedelta(seconds=90), usegmt=True)
    text = await in_thread_unscoped(queue, desk, "x")
    async with serving(answering(429, retry_after=asked)) as url:
        await in_thread_unscoped(point_at, desk, url)
        await one_step(desk)
    entry = await in_thread_unscoped(on_its_way, text)
    assert entry.not_before is not None
    assert seconds - 2 < (entry.not_before - utc_now()).total_seconds() <= seconds


async def test_a_carrier_that_is_away_for_ten_minutes_gets_the_text_once_it_is_back(desk: Desk) -> None:
    """Each minute of the ten is one attempt; the clock is moved on by moving what was written back."""
    text = await in_thread_unscoped(queue, desk, "x")
    await in_thread_unscoped(point_at, desk, "http://127.0.0.1:1")
    for _minute in range(10):
        await one_step(desk)
        await in_thread_unscoped(_a_minute_passes, text)
    waiting = await in_thread_unscoped(on_its_way, text)
    assert (waiting.message.status, waiting.message.reason, waiting.attempts) == ("queued", "connection", 10)
    assert (await in_thread_unscoped(_provider, desk)).incident.startswith("connection")
    async with serving(FakeServer(desk.carrier)) as url:
        turns._account.cache_clear()
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    sent = await in_thread_unscoped(fresh, text)
    assert (sent.status, sent.reason, len(desk.carrier.texts)) == ("sent", "", 1)
    assert (await in_thread_unscoped(_provider, desk)).incident == ""


def _a_minute_passes(text: Message) -> None:
    entry = OutboxEntry.objects.get(message=text)
    assert entry.refused_since is not None
    OutboxEntry.objects.filter(pk=entry.pk).update(
        not_before=None, refused_since=entry.refused_since - timedelta(minutes=1)
    )


async def one_step(desk: Desk) -> None:
    lease = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
    async with http.Client(allow_private=True) as client:
        await sender.Run(lease, client)._step()


async def test_a_full_queue_at_the_carrier_slows_the_channel_down(desk: Desk) -> None:
    await in_thread_unscoped(queue, desk, "x")
    async with serving(answering(400, b'{"code": 21611}')) as url:
        await in_thread_unscoped(point_at, desk, url)
        await one_step(desk)
    await in_thread_unscoped(queue, desk, "another", to="+15145550199")
    lease = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
    assert (await in_thread_unscoped(turns.take_turn, lease, uuid4(), Room(10), utc_now())).claimed == []
    later = utc_now() + timedelta(seconds=4)
    assert len((await in_thread_unscoped(turns.take_turn, lease, uuid4(), Room(10), later)).claimed) == 2


async def test_a_text_that_waits_says_so_and_since_when(desk: Desk) -> None:
    text = await in_thread_unscoped(queue, desk, "x")
    await in_thread_unscoped(point_at, desk, "http://127.0.0.1:1")
    await one_step(desk)
    first = (await in_thread_unscoped(on_its_way, text)).refused_since
    assert first is not None
    await in_thread_unscoped(lambda: OutboxEntry.objects.update(not_before=None))
    await one_step(desk)
    entry = await in_thread_unscoped(on_its_way, text)
    assert (entry.refused_since, entry.attempts) == (first, 2)
    assert (entry.message.status, entry.message.reason) == ("queued", "connection")


def _provider(desk: Desk) -> Provider:
    return Provider.objects.get(pk=desk.provider.pk)
