"""From the outbox to a carrier that answers, refuses, stays silent or is not there."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import uvicorn
from django_scopes import scope, scopes_disabled

from scopchat.channels.drains import Work
from scopchat.channels.models import Channel, Provider
from scopchat.channels.providers.base import Attempt, Receipt, ReceiptStatus
from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.gateway import leases, outbox, sender
from scopchat.gateway.database import in_thread
from scopchat.gateway.leases import Fenced
from scopchat.gateway.lookups import FIRST_LOOK, look_up_unknown
from scopchat.gateway.tests.conftest import Desk
from scopchat.interactions.models import Message, OutboxEntry
from scopchat.interactions.services import sending, start
from scopchat.interactions.services.delivery import Report, apply_receipts
from scopchat.interactions.services.sending import Result
from scopchat.interactions.status import MessageStatus

pytestmark = pytest.mark.django_db(transaction=True)

Application = Callable[..., Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(application: Any) -> AsyncIterator[str]:
    """A carrier on a port of its own; yields its address."""
    config = uvicorn.Config(application, port=0, log_level="critical", lifespan="off", timeout_graceful_shutdown=0)
    server = uvicorn.Server(config)
    serving_task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving_task


def point_at(desk: Desk, url: str) -> None:
    with scopes_disabled():
        Provider.objects.filter(pk=desk.provider.pk).update(api_base_url=url)


def queue(desk: Desk, text: str, *, to: str = "+15145550142") -> Message:
    with scope(company=desk.cast.client):
        return start.start(
            channel=desk.channel, acting=desk.cast.admin, phone=to, text=text, idempotency_key=uuid4(), now=utc_now()
        )


def fresh(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def on_its_way(message: Message) -> OutboxEntry:
    return OutboxEntry.objects.select_related("message").get(message=message)


async def drain(desk: Desk) -> None:
    """One whole run of the sender on the desk's shard."""
    lease = await in_thread(leases.take, Work.SEND, desk.channel.shard)
    async with http.Client(allow_private=True) as client:
        await sender.run(lease, client)


def answering(status: int, body: bytes = b"{}") -> Application:
    async def carrier(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return carrier


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
    from scopchat.channels.providers.base import Attempt, FailureReason, OutboundMessage, Refused

    text = sending.Claimed(1, OutboundMessage(Attempt(1, sender.MOST_ATTEMPTS), "a", "b", "c"), 1)
    busy = Refused(FailureReason.THROTTLED, "429", "busy", retryable=True)
    assert sender.result_of(text, busy, utc_now()).status == MessageStatus.FAILED


async def test_it_does_not_let_two_texts_to_one_customer_overtake(desk: Desk) -> None:
    first, second = [await in_thread(queue, desk, body) for body in ("un", "deux")]
    other = await in_thread(queue, desk, "autre", to="+15145550199")
    lease = await in_thread(leases.take, Work.SEND, desk.channel.shard)
    turn = await in_thread(outbox.take_turn, lease, uuid4(), 100, utc_now())
    taken = {text.message.attempt.message_id for text in turn.claimed}
    assert taken == {first.pk, other.pk}
    assert (await in_thread(fresh, second)).status == "queued"


async def test_it_keeps_to_the_channels_segments_per_second(desk: Desk) -> None:
    await in_thread(_set_throughput, desk, 2)
    for n in range(6):
        await in_thread(queue, desk, "x", to=f"+1514555010{n}")
    lease, now, claim = await in_thread(leases.take, Work.SEND, desk.channel.shard), utc_now(), uuid4()
    counts = []
    for seconds in (0.0, 0.4, 0.6, 1.2, 3.0):
        turn = await in_thread(outbox.take_turn, lease, claim, 100, now + timedelta(seconds=seconds))
        counts.append(len(turn.claimed))
    assert counts == [2, 0, 1, 1, 2]


async def test_it_knows_when_the_next_text_is_due(desk: Desk) -> None:
    await in_thread(_set_throughput, desk, 1)
    for n in range(2):
        await in_thread(queue, desk, "x", to=f"+1514555010{n}")
    lease, now, claim = await in_thread(leases.take, Work.SEND, desk.channel.shard), utc_now(), uuid4()
    await in_thread(outbox.take_turn, lease, claim, 100, now)
    turn = await in_thread(outbox.take_turn, lease, claim, 100, now)
    assert turn.claimed == []
    assert turn.wake_at == now + timedelta(seconds=1)


async def test_a_fenced_run_claims_nothing(desk: Desk) -> None:
    text = await in_thread(queue, desk, "x")
    old = await in_thread(leases.take, Work.SEND, desk.channel.shard)
    await in_thread(leases.take, Work.SEND, desk.channel.shard)
    with pytest.raises(Fenced):
        await in_thread(outbox.take_turn, old, uuid4(), 100, utc_now())
    assert (await in_thread(fresh, text)).status == "queued"


async def _claimed(desk: Desk) -> tuple[Message, UUID]:
    """A text that a run has claimed and not yet sent."""
    text = await in_thread(queue, desk, "x")
    lease, claim = await in_thread(leases.take, Work.SEND, desk.channel.shard), uuid4()
    await in_thread(outbox.take_turn, lease, claim, 100, utc_now())
    return text, claim


async def test_what_a_dead_run_had_claimed_becomes_unknown_and_is_not_sent(desk: Desk) -> None:
    text, _claim = await _claimed(desk)
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread(point_at, desk, url)
        await drain(desk)
    assert (await in_thread(fresh, text)).status == "unknown"
    assert desk.carrier.texts == {}


async def test_a_run_that_wakes_up_late_sends_nothing_and_says_so(desk: Desk) -> None:
    text, claim = await _claimed(desk)
    await in_thread(outbox.abandon_earlier, desk.channel.shard, uuid4(), utc_now())
    async with http.Client(allow_private=True) as client:
        run = sender.Run(leases.Lease(Work.SEND, desk.channel.shard, 0), client)
        run._claim = claim
        turn_text = sending.Claimed(desk.channel.pk, _outbound(text), 1)
        result = await run._send(None, turn_text, time.monotonic() - sender.CLAIM_SECONDS - 1)  # type: ignore[arg-type]
        await run._write([result])
    assert (await in_thread(fresh, text)).status == "queued"


async def test_a_result_under_a_lost_claim_changes_nothing(desk: Desk) -> None:
    text, claim = await _claimed(desk)
    result = Result(text.pk, MessageStatus.FAILED, utc_now(), reason="other")
    await in_thread(outbox.write, desk.channel.shard, [result], uuid4(), [])
    entry = await in_thread(on_its_way, text)
    assert (entry.message.status, entry.claim) == ("queued", claim)


@pytest.mark.parametrize(
    ("status", "later"),
    [(MessageStatus.SENT, "SM1"), (MessageStatus.UNKNOWN, None), (MessageStatus.QUEUED, None)],
)
async def test_a_receipt_before_the_answer_has_the_last_word(
    desk: Desk, status: MessageStatus, later: str | None
) -> None:
    text, claim = await _claimed(desk)
    await in_thread(_delivered, desk, text)
    result = Result(text.pk, status, utc_now(), carrier_id=later)
    await in_thread(outbox.write, desk.channel.shard, [result], claim, [])
    message = await in_thread(fresh, text)
    assert (message.status, message.carrier_id, message.attempts) == ("delivered", "SM1", 1)
    lease = await in_thread(leases.take, Work.SEND, desk.channel.shard)
    assert (await in_thread(outbox.take_turn, lease, uuid4(), 100, utc_now())).claimed == []


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


def _set_throughput(desk: Desk, throughput: int) -> None:
    Channel.objects.filter(pk=desk.channel.pk).update(throughput=throughput)


def _delivered(desk: Desk, message: Message) -> None:
    receipt = Receipt("SM1", desk.channel.address, ReceiptStatus.DELIVERED, "delivered", attempt=Attempt(message.pk, 1))
    assert apply_receipts(reports=[Report(desk.channel.pk, receipt, utc_now())]) == set()


def _make_unknown(message: Message) -> None:
    claimed_at = utc_now() - FIRST_LOOK - timedelta(seconds=1)
    Message.objects.filter(pk=message.pk).update(status=MessageStatus.UNKNOWN)
    OutboxEntry.objects.filter(message=message).update(
        claim=uuid4(), claimed_at=claimed_at, unknown_at=utc_now(), attempts=1
    )


def _outbound(message: Message) -> Any:
    from scopchat.channels.providers.base import Attempt, OutboundMessage

    return OutboundMessage(Attempt(message.pk, 1), "a", "b", "x")
