"""The turns of mass sends: whose it is, who is left out, and what each turn leaves behind."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from scopchat.channels.providers.base import FailureReason
from scopchat.interactions.models import Interaction, Message, OutboxEntry, Priority, Purpose
from scopchat.interactions.services import sending
from scopchat.interactions.status import MessageStatus
from scopchat.masssends import claiming
from scopchat.masssends.audience import Audience
from scopchat.masssends.models import MassSend, PauseCause, Recipient, SendState
from scopchat.masssends.services.steering import cancel, pause, pause_refused, resume
from scopchat.masssends.tests.desk import CLAIM, NOON, confirmed, left, listed, number, settle, take
from scopchat.tenancy.models import Company, SegmentUse
from tests.cast import Cast

pytestmark = pytest.mark.django_db
State = Recipient.State


def fresh(mass_send: MassSend) -> MassSend:
    return MassSend.objects.get(pk=mass_send.pk)


def to(*places: int) -> Audience:
    return Audience(numbers=tuple(map(number, places)))


def counted(mass_send: MassSend) -> Counter[int]:
    return Counter(Recipient.objects.filter(mass_send=mass_send).values_list("state", flat=True))


def test_a_turn_writes_and_claims_the_next_texts(cast: Cast) -> None:
    interactions = Interaction.objects.count()
    found = confirmed(cast, Audience(lists=(listed(cast, [1, 2, 3], name="Julie").pk,)), text="Allô {name|vous}")
    texts = take(cast.channel_queue, most=2)
    assert [(text.number, text.text) for text in texts] == [(number(1), "Allô Julie"), (number(2), "Allô Julie")]
    for text in texts:
        message = Message.objects.select_related("outbox_entry").get(pk=text.message_id)
        entry = message.outbox_entry
        assert (message.customer, message.purpose, message.mass_send_id, message.status, message.author_id) == (
            text.number, Purpose.MASS, found.pk, "queued", cast.admin.pk,
        )  # fmt: skip
        assert (entry.claim, entry.attempts, entry.priority, entry.interaction_id) == (CLAIM, 1, Priority.MASS, None)
        assert Recipient.objects.get(message_id=text.message_id).number == text.number
    assert (fresh(found).taken, fresh(found).waiting, fresh(found).state) == (2, 1, SendState.SENDING)
    assert [text.number for text in take(cast.channel_queue)] == [number(3)]
    assert fresh(found).state == SendState.ENDED
    assert take(cast.channel_queue) == []
    assert Interaction.objects.count() == interactions
    assert SegmentUse.objects.get(company=cast.client).segments == 3


def test_who_leaves_meanwhile_gets_nothing(cast: Cast) -> None:
    found = confirmed(cast, to(1, 2, 3))
    take(cast.channel_queue, most=1)
    left(cast.channel_queue, 2)
    assert [text.number for text in take(cast.channel_queue)] == [number(3)]
    assert counted(found) == {State.TAKEN: 2, State.OPTED_OUT: 1}
    assert (fresh(found).opted_out, fresh(found).waiting, fresh(found).state) == (1, 0, SendState.ENDED)


def test_another_channels_opt_out_counts_for_that_channel(cast: Cast) -> None:
    left(cast.channel_user, 1)
    confirmed(cast, to(1))
    assert len(take(cast.channel_queue)) == 1


def test_nobody_is_texted_at_night_and_nobody_is_forgotten(cast: Cast) -> None:
    """At 23:00 in Montréal it is 20:00 in Vancouver."""
    night = NOON + timedelta(hours=11)
    west = "+16045550001"
    found = confirmed(cast, Audience(numbers=(number(1), west, number(2))))
    assert [text.number for text in take(cast.channel_queue, now=night)] == [west]
    assert counted(found) == {State.TAKEN: 1, State.PUT_OFF: 2}
    assert take(cast.channel_queue, now=night) == []
    morning = NOON + timedelta(hours=21)
    assert claiming.due(channels=[cast.channel_queue.pk], now=night) == {cast.channel_queue.pk: morning}
    assert take(cast.channel_queue, now=morning - timedelta(seconds=1)) == []
    assert [text.number for text in take(cast.channel_queue, now=morning)] == [number(1), number(2)]
    assert fresh(found).state == SendState.ENDED
    assert claiming.due(channels=[cast.channel_queue.pk], now=morning) == {}


def test_it_begins_at_its_hour(cast: Cast) -> None:
    later = NOON + timedelta(hours=1)
    found = confirmed(cast, to(1), starts_at=later)
    assert found.waiting == 1
    assert fresh(found).is_scheduled
    assert take(cast.channel_queue) == []
    assert claiming.due(channels=[cast.channel_queue.pk], now=NOON) == {cast.channel_queue.pk: later}
    assert len(take(cast.channel_queue, now=later)) == 1
    assert not fresh(found).is_scheduled


def test_it_keeps_its_pace(cast: Cast) -> None:
    confirmed(cast, to(*range(10)), pace=60)
    assert len(take(cast.channel_queue)) == 1
    assert take(cast.channel_queue) == []
    assert claiming.due(channels=[cast.channel_queue.pk], now=NOON) == {cast.channel_queue.pk: NOON}
    times = [NOON + timedelta(seconds=second / 4) for second in range(1, 21)]
    assert sum(len(take(cast.channel_queue, now=now)) for now in times) == 5


def test_sends_of_one_channel_take_turns(cast: Cast) -> None:
    first, second = confirmed(cast, to(*range(10))), confirmed(cast, to(*range(20, 30)))
    for turn in range(2):
        take(cast.channel_queue, most=5, turn=turn)
    assert (fresh(first).taken, fresh(second).taken) == (5, 5)


def test_one_company_has_its_turn_at_a_time(cast: Cast) -> None:
    Company.objects.filter(pk=cast.outsider.pk).update(mass_sends=True)
    confirmed(cast, to(1))
    other = MassSend.objects.get()
    other.pk, other.company, other.channel = None, cast.outsider, cast.outsider_channel
    other.save(force_insert=True)
    theirs = Recipient.objects.create(company=cast.outsider, mass_send=other, number=number(2))
    MassSend.objects.filter(pk=other.pk).update(first_id=theirs.pk, last_id=theirs.pk, position=theirs.pk - 1)
    both = (cast.channel_queue, cast.outsider_channel)
    numbers = [[text.number for text in take(*both, turn=turn)] for turn in (0, 1)]
    assert sorted(numbers) == [[number(1)], [number(2)]]


def test_the_limit_of_segments_pauses_it_and_fails_nobody(cast: Cast) -> None:
    Company.objects.filter(pk=cast.client.pk).update(max_segments_day=3)
    found = confirmed(cast, to(*range(6)))
    assert len(take(cast.channel_queue, most=3)) == 3
    assert take(cast.channel_queue, most=3) == []
    assert (fresh(found).state, fresh(found).cause, fresh(found).taken) == (SendState.PAUSED, PauseCause.LIMIT, 3)
    assert SegmentUse.objects.get(company=cast.client).segments == 3
    assert Message.objects.filter(mass_send_id=found.pk).count() == 3
    Company.objects.filter(pk=cast.client.pk).update(max_segments_day=None)
    resume(mass_send=found, acting=cast.admin)
    assert len(take(cast.channel_queue)) == 3


def test_what_the_operator_no_longer_allows_is_paused(cast: Cast) -> None:
    found = confirmed(cast, to(1))
    Company.objects.filter(pk=cast.client.pk).update(mass_sends=False)
    assert take(cast.channel_queue) == []
    assert (fresh(found).state, fresh(found).cause) == (SendState.PAUSED, PauseCause.NOT_ALLOWED)


def test_what_is_called_too_long_meanwhile_is_left_out(cast: Cast) -> None:
    members = listed(cast, [1, 2], name="J")
    found = confirmed(cast, Audience(lists=(members.pk,)), text="{name|vous}" + "x" * 880)
    members.contacts.filter(number=number(1)).update(name="J" * 120, search="")
    assert [text.number for text in take(cast.channel_queue)] == [number(2)]
    assert counted(found) == {State.TAKEN: 1, State.TOO_LONG: 1}
    assert fresh(found).waiting == 0


def test_a_paused_send_goes_on_where_it_was(cast: Cast) -> None:
    found = confirmed(cast, to(1, 2, 3))
    texts = take(cast.channel_queue, most=1)
    pause(mass_send=found, acting=cast.admin)
    assert take(cast.channel_queue) == []
    settle(texts, MessageStatus.SENT)
    assert fresh(found).sent == 1
    resume(mass_send=found, acting=cast.admin)
    assert [text.number for text in take(cast.channel_queue)] == [number(2), number(3)]


def test_a_cancelled_send_ends_with_what_has_left(cast: Cast) -> None:
    found = confirmed(cast, to(1, 2, 3))
    first, second = take(cast.channel_queue, most=2)
    settle([first], MessageStatus.QUEUED, reason=FailureReason.CONNECTION, not_before=NOON + timedelta(minutes=1))
    cancel(mass_send=found, acting=cast.admin, now=NOON)
    settle([second], MessageStatus.SENT)
    found = fresh(found)
    assert take(cast.channel_queue) == []
    assert (found.state, found.taken, found.sent, found.failed, found.waiting) == (SendState.CANCELLED, 2, 1, 1, 1)
    message = Message.objects.get(pk=first.message_id)
    assert (message.status, message.reason) == ("failed", FailureReason.CANCELLED)
    assert not OutboxEntry.objects.filter(message__mass_send_id=found.pk).exists()


def test_a_carrier_that_takes_nothing_is_not_asked_to_take_more(cast: Cast) -> None:
    confirmed(cast, to(1, 2))
    texts = take(cast.channel_queue, most=1)
    soon = NOON + timedelta(minutes=1)
    settle(texts, MessageStatus.QUEUED, reason=FailureReason.CONNECTION, not_before=soon)
    assert take(cast.channel_queue) == []
    assert claiming.due(channels=[cast.channel_queue.pk], now=NOON) == {}
    assert len(take(cast.channel_queue, now=soon)) == 1


def test_a_refused_account_pauses_the_send_until_it_is_mended(cast: Cast) -> None:
    found = confirmed(cast, to(1, 2))
    (text,) = take(cast.channel_queue, most=1)
    settle([text], MessageStatus.QUEUED, reason=FailureReason.ACCOUNT, not_before=NOON + timedelta(minutes=1))
    pause_refused([text.message_id])
    assert (fresh(found).state, fresh(found).cause) == (SendState.PAUSED, PauseCause.ACCOUNT)
    tomorrow = NOON + timedelta(days=1)
    limits = {cast.channel_queue.pk: 10}
    senders = {cast.channel_queue.pk: cast.channel_queue.address}
    again = {"limits": limits, "senders": senders, "shard": 0, "most": 10, "now": tomorrow}
    assert sending.claim(**again, claim=uuid4()) == []
    resume(mass_send=found, acting=cast.admin)
    (claimed,) = sending.claim(**again, claim=uuid4())
    # However long it was paused, the text has all of its time before it.
    assert (claimed.message.attempt.message_id, claimed.refused_since) == (text.message_id, None)
    assert [one.number for one in take(cast.channel_queue, now=tomorrow)] == [number(2)]


def test_what_becomes_of_texts_is_counted_once(cast: Cast) -> None:
    found = confirmed(cast, to(1, 2, 3, 4))
    one, two, three, _four = take(cast.channel_queue)
    settle([one, two], MessageStatus.SENT)
    settle([three], MessageStatus.FAILED, reason=FailureReason.BAD_NUMBER)
    settle([one], MessageStatus.SENT)
    assert sending.abandon(channels=[cast.channel_queue.pk], claim=uuid4(), now=NOON) == 1
    found = fresh(found)
    assert (found.taken, found.sent, found.failed, found.unknown, found.on_its_way) == (4, 2, 1, 1, 0)


@pytest.mark.parametrize("status", [MessageStatus.SENT, MessageStatus.QUEUED, MessageStatus.UNKNOWN])
def test_what_a_frozen_run_says_after_all_is_counted_once(cast: Cast, status: MessageStatus) -> None:
    """It was given up as unknown meanwhile."""
    found = confirmed(cast, to(1, 2))
    texts = take(cast.channel_queue)
    assert sending.abandon(channels=[cast.channel_queue.pk], claim=uuid4(), now=NOON) == 2
    settle(texts[:1], status, reason=FailureReason.CONNECTION if status == MessageStatus.QUEUED else "")
    found = fresh(found)
    expected = {"sent": 0, "unknown": 1, "on_its_way": 0, status.value: 1}
    if status == MessageStatus.UNKNOWN:
        expected["unknown"] = 2
    expected["on_its_way"] = expected.pop("queued", 0)
    assert {name: getattr(found, name) for name in expected} == expected


def waits(text_id: int) -> OutboxEntry | None:
    return OutboxEntry.objects.filter(message=text_id).first()


def test_who_leaves_while_a_text_waits_for_another_attempt_does_not_get_it(cast: Cast) -> None:
    found = confirmed(cast, to(1, 2))
    one, two = take(cast.channel_queue)
    settle([one, two], MessageStatus.QUEUED, reason=FailureReason.CONNECTION, not_before=NOON + timedelta(minutes=1))
    left(cast.channel_queue, 1)
    claiming.look_again(channels=[cast.channel_queue.pk], now=NOON + timedelta(minutes=2))
    message = Message.objects.get(pk=one.message_id)
    assert (message.status, message.reason) == ("failed", FailureReason.LEFT)
    assert waits(one.message_id) is None
    assert waits(two.message_id) is not None
    assert (fresh(found).failed, fresh(found).on_its_way) == (1, 1)


def test_nobody_is_texted_at_night_at_another_attempt(cast: Cast) -> None:
    confirmed(cast, to(1))
    (text,) = take(cast.channel_queue)
    settle([text], MessageStatus.QUEUED, reason=FailureReason.CONNECTION, not_before=NOON + timedelta(minutes=1))
    claiming.look_again(channels=[cast.channel_queue.pk], now=NOON + timedelta(minutes=2))
    assert OutboxEntry.objects.get(message=text.message_id).not_before == NOON + timedelta(minutes=1)
    night, morning = NOON + timedelta(hours=11), NOON + timedelta(hours=21)
    claiming.look_again(channels=[cast.channel_queue.pk], now=night)
    assert OutboxEntry.objects.get(message=text.message_id).not_before == morning
