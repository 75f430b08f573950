"""From the outbox to a carrier that answers, refuses, stays silent or is not there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from scopchat.channels.drains import Work
from scopchat.channels.models import Provider
from scopchat.channels.providers.base import Attempt
from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.gateway import leases, outbox, sender
from scopchat.gateway.database import in_thread
from scopchat.gateway.lookups import FIRST_LOOK, look_up_unknown
from scopchat.gateway.tests.carriers import Application, answering, drain, fresh, on_its_way, point_at, queue, serving
from scopchat.gateway.tests.conftest import Desk
from scopchat.interactions.models import Message, OutboxEntry
from scopchat.interactions.services import sending
from scopchat.interactions.status import MessageStatus

pytestmark = pytest.mark.django_db(transaction=True)


async def hanging_up(scope_: Any, receive: Any, send: Any) -> None:
    """Takes the request and closes the connection without an answer."""
    await receive()
    raise ConnectionResetError


async def test_it_hands_texts_over_once_and_in_order(desk: Desk) -> None:
    texts = [await in_thread(queue, desk, str(n)) for n in range(5)]
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread(point_at, desk, url)
        await drain(desk)
    assert [text.body for text in desk.carrier.texts.values()] == ["0", "1", "2", "3", "4"]
    done = [await in_thread(fresh, text) for text in texts]
    assert [message.status for message in done] == ["sent"] * 5
    assert [message.carrier_id for message in done] == list(desk.carrier.texts)


async def test_it_marks_what_the_carrier_refuses(desk: Desk) -> None:
    text = await in_thread(queue, desk, "x", to="+15145550199")
    desk.carrier.opted_out.add((desk.channel.address, "+15145550199"))
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread(point_at, desk, url)
        await drain(desk)
    message = await in_thread(fresh, text)
    assert (message.status, message.reason, message.error_code) == ("failed", "opted_out", "21610")


async def test_it_says_what_is_wrong_with_the_account_until_it_works_again(desk: Desk) -> None:
    await in_thread(queue, desk, "x")
    async with serving(answering(401, b'{"code": 20003}')) as url:
        await in_thread(point_at, desk, url)
        await drain(desk)
    assert (await in_thread(_provider, desk)).incident == "account: HTTP 401, error 20003"
    await in_thread(queue, desk, "y")
    async with serving(FakeServer(desk.carrier)) as url:
        outbox._account.cache_clear()
        await in_thread(point_at, desk, url)
        await drain(desk)
    assert (await in_thread(_provider, desk)).incident == ""


@pytest.mark.parametrize(
    "carrier", [answering(500), answering(201, b"<html>"), hanging_up], ids=["500", "html", "hang up"]
)
async def test_it_never_resends_when_the_answer_is_unclear(desk: Desk, carrier: Application) -> None:
    text = await in_thread(queue, desk, "x")
    async with serving(carrier) as url:
        await in_thread(point_at, desk, url)
        await drain(desk)
        await drain(desk)
    entry = await in_thread(on_its_way, text)
    assert (entry.message.status, entry.attempts) == ("unknown", 1)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", None], ids=["nobody there", "429"])
async def test_it_tries_again_later_when_nothing_was_taken(desk: Desk, url: str | None) -> None:
    text = await in_thread(queue, desk, "x")
    lease = await in_thread(leases.take, Work.SEND, desk.channel.shard)
    async with serving(answering(429)) as busy, http.Client(allow_private=True) as client:
        await in_thread(point_at, desk, url or busy)
        await sender.Run(lease, client)._step()
    entry = await in_thread(on_its_way, text)
    assert (entry.message.status, entry.message.error_code, entry.attempts, entry.claim) == (
        "queued",
        "429" if url is None else "connection",
        1,
        None,
    )
    assert entry.not_before is not None
    assert timedelta(seconds=0.5) < entry.not_before - utc_now() < timedelta(seconds=3)


def test_it_gives_up_after_the_last_attempt(desk: Desk) -> None:
    from scopchat.channels.providers.base import FailureReason, OutboundMessage, Refused

    text = sending.Claimed(1, OutboundMessage(Attempt(1, sender.MOST_ATTEMPTS), "a", "b", "c"), 1)
    busy = Refused(FailureReason.THROTTLED, "429", "busy", retryable=True)
    assert sender.result_of(text, busy, utc_now()).status == MessageStatus.FAILED


async def test_it_asks_the_carrier_about_unknown_texts(desk: Desk) -> None:
    texts = [
        await in_thread(queue, desk, body, to=to) for body, to in (("Oui", "+15145550142"), ("Non", "+15145550199"))
    ]
    for text in texts:
        await in_thread(_make_unknown, text)
    desk.carrier.create([("To", "+15145550142"), ("From", desk.channel.address), ("Body", "Oui")])
    async with serving(FakeServer(desk.carrier)) as url, http.Client(allow_private=True) as client:
        await in_thread(point_at, desk, url)
        assert await look_up_unknown(client) == 1
    assert [(await in_thread(fresh, text)).status for text in texts] == ["sent", "unknown"]


def _provider(desk: Desk) -> Provider:
    return Provider.objects.get(pk=desk.provider.pk)


def _make_unknown(message: Message) -> None:
    claimed_at = utc_now() - FIRST_LOOK - timedelta(seconds=1)
    Message.objects.filter(pk=message.pk).update(status=MessageStatus.UNKNOWN)
    OutboxEntry.objects.filter(message=message).update(
        claim=uuid4(), claimed_at=claimed_at, unknown_at=utc_now(), attempts=1
    )
