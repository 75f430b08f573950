"""What the sender claims, and what becomes of claims whose run ends, freezes or cannot write."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from scopchat.channels.drains import Work
from scopchat.channels.models import Channel
from scopchat.channels.providers.base import Attempt, Receipt, ReceiptStatus
from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.gateway import leases, sender, turns
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.leases import Fenced
from scopchat.gateway.tests.carriers import answering, drain, fresh, on_its_way, point_at, queue, serving
from scopchat.gateway.tests.conftest import Desk
from scopchat.gateway.turns import Room
from scopchat.interactions.models import Message
from scopchat.interactions.services import sending
from scopchat.interactions.services.delivery import Report, apply_receipts
from scopchat.interactions.services.sending import Result
from scopchat.interactions.status import MessageStatus

pytestmark = pytest.mark.django_db(transaction=True)


async def test_it_does_not_let_two_texts_to_one_customer_overtake(desk: Desk) -> None:
    first, second = [await in_thread_unscoped(queue, desk, body) for body in ("un", "deux")]
    other = await in_thread_unscoped(queue, desk, "autre", to="+15145550199")
    lease = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
    turn = await in_thread_unscoped(turns.take_turn, lease, uuid4(), Room(100), utc_now())
    taken = {text.message.attempt.message_id for text in turn.claimed}
    assert taken == {first.pk, other.pk}
    assert (await in_thread_unscoped(fresh, second)).status == "queued"


async def test_it_keeps_to_the_channels_segments_per_second(desk: Desk) -> None:
    await in_thread_unscoped(_set_throughput, desk, 2)
    for n in range(6):
        await in_thread_unscoped(queue, desk, "x", to=f"+1514555010{n}")
    lease, now, claim = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard), utc_now(), uuid4()
    counts = []
    for seconds in (0.0, 0.4, 0.6, 1.2, 3.0):
        turn = await in_thread_unscoped(turns.take_turn, lease, claim, Room(100), now + timedelta(seconds=seconds))
        counts.append(len(turn.claimed))
    assert counts == [2, 0, 1, 1, 2]


async def test_it_knows_when_the_next_text_is_due(desk: Desk) -> None:
    await in_thread_unscoped(_set_throughput, desk, 1)
    for n in range(2):
        await in_thread_unscoped(queue, desk, "x", to=f"+1514555010{n}")
    lease, now, claim = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard), utc_now(), uuid4()
    await in_thread_unscoped(turns.take_turn, lease, claim, Room(100), now)
    turn = await in_thread_unscoped(turns.take_turn, lease, claim, Room(100), now)
    assert turn.claimed == []
    assert turn.wake_at == now + timedelta(seconds=1)


async def test_a_fenced_run_claims_nothing(desk: Desk) -> None:
    text = await in_thread_unscoped(queue, desk, "x")
    old = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
    await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
    with pytest.raises(Fenced):
        await in_thread_unscoped(turns.take_turn, old, uuid4(), Room(100), utc_now())
    assert (await in_thread_unscoped(fresh, text)).status == "queued"


async def _claimed(desk: Desk) -> tuple[Message, UUID]:
    """A text that a run has claimed and not yet sent."""
    text = await in_thread_unscoped(queue, desk, "x")
    lease, claim = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard), uuid4()
    await in_thread_unscoped(turns.take_turn, lease, claim, Room(100), utc_now())
    return text, claim


async def test_what_a_dead_run_had_claimed_becomes_unknown_and_is_not_sent(desk: Desk) -> None:
    text, _claim = await _claimed(desk)
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    assert (await in_thread_unscoped(fresh, text)).status == "unknown"
    assert desk.carrier.texts == {}


async def test_what_a_run_could_not_record_becomes_unknown_and_is_not_sent_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = await in_thread_unscoped(queue, desk, "x")
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread_unscoped(point_at, desk, url)
        with monkeypatch.context() as broken:
            broken.setattr(turns, "write", lambda *_results: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await drain(desk)
        await drain(desk)
    assert (await in_thread_unscoped(fresh, text)).status == "unknown"
    assert len(desk.carrier.texts) == 1


async def test_an_id_that_the_carrier_gives_twice_spoils_one_text_alone(desk: Desk) -> None:
    texts = [await in_thread_unscoped(queue, desk, "x", to=f"+1514555010{n}") for n in range(3)]
    async with serving(answering(201, b'{"sid": "SM1"}')) as same_id:
        await in_thread_unscoped(point_at, desk, same_id)
        await drain(desk)
    done = [await in_thread_unscoped(fresh, text) for text in texts]
    assert sorted(message.status for message in done) == ["sent", "unknown", "unknown"]
    assert [message.carrier_id for message in done if message.status == "sent"] == ["SM1"]


async def test_a_run_that_wakes_up_late_sends_nothing_and_says_so(desk: Desk) -> None:
    text, claim = await _claimed(desk)
    await in_thread_unscoped(turns.abandon_earlier, desk.channel.shard, uuid4(), utc_now())
    async with http.Client(allow_private=True) as client:
        run = sender.Run(leases.Lease(Work.SEND, desk.channel.shard, 0), client)
        run._claim = claim
        turn_text = sending.Claimed(desk.channel.pk, _outbound(text), 1)
        result = await run._send(None, turn_text, time.monotonic() - sender.CLAIM_SECONDS - 1)  # type: ignore[arg-type]
        await run._write([result])
    assert (await in_thread_unscoped(fresh, text)).status == "queued"


async def test_a_result_under_a_lost_claim_changes_nothing(desk: Desk) -> None:
    text, claim = await _claimed(desk)
    result = Result(text.pk, MessageStatus.FAILED, utc_now(), reason="other")
    await in_thread_unscoped(turns.write, desk.channel.shard, [result], uuid4(), [])
    entry = await in_thread_unscoped(on_its_way, text)
    assert (entry.message.status, entry.claim) == ("queued", claim)


@pytest.mark.parametrize(
    ("status", "later"),
    [(MessageStatus.SENT, "SM1"), (MessageStatus.UNKNOWN, None), (MessageStatus.QUEUED, None)],
)
async def test_a_receipt_before_the_answer_has_the_last_word(
    desk: Desk, status: MessageStatus, later: str | None
) -> None:
    text, claim = await _claimed(desk)
    await in_thread_unscoped(_delivered, desk, text)
    result = Result(text.pk, status, utc_now(), carrier_id=later)
    await in_thread_unscoped(turns.write, desk.channel.shard, [result], claim, [])
    message = await in_thread_unscoped(fresh, text)
    assert (message.status, message.carrier_id, message.attempts) == ("delivered", "SM1", 1)
    lease = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
    assert (await in_thread_unscoped(turns.take_turn, lease, uuid4(), Room(100), utc_now())).claimed == []


def _set_throughput(desk: Desk, throughput: int) -> None:
    Channel.objects.filter(pk=desk.channel.pk).update(throughput=throughput)


def _delivered(desk: Desk, message: Message) -> None:
    receipt = Receipt(
        "SM1", desk.channel.address, ReceiptStatus.DELIVERED, "delivered", attempt=Attempt(message.pk, 1, 0)
    )
    assert apply_receipts(reports=[Report(desk.channel.pk, receipt, utc_now())]) == set()


def _outbound(message: Message) -> Any:
    from scopchat.channels.providers.base import Attempt, OutboundMessage

    return OutboundMessage(Attempt(message.pk, 1, 0), "a", "b", "x")
