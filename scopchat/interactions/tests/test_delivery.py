"""What carriers report and what people decide about texts that failed or are unknown."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.channels.drains import Work
from scopchat.channels.providers.base import Attempt, FailureReason, Receipt, ReceiptStatus
from scopchat.common.refusals import Conflict, NotAllowed
from scopchat.events.catalogue import InteractionChange, InteractionsChanged, Part
from scopchat.interactions.models import Direction, Interaction, Message, OutboxEntry
from scopchat.interactions.services import delivery
from scopchat.interactions.services.delivery import REPORTED, Report
from scopchat.interactions.status import MessageStatus, climbs
from scopchat.interactions.tests.conftest import Committing
from scopchat.interactions.tests.desk import NOW, conversation, said
from tests.cast import Cast

LATER = NOW + timedelta(minutes=5)
OUTBOUND = [status for status in MessageStatus if status != MessageStatus.RECEIVED]


def ours(interaction: Interaction, status: MessageStatus, **changes: Any) -> Message:
    """A text of ours that has come as far as `status`."""
    values = {"carrier_id": "SM1", "attempts": 1, **changes}
    return said(interaction, "Oui", direction=Direction.OUT, status=status, **values)


def fresh(message: Message) -> Message:
    with scope(company=message.company_id):
        return Message.objects.get(pk=message.pk)


def report(message: Message, status: ReceiptStatus, **changes: Any) -> Report:
    values = {"carrier_id": "SM1", "sender": "+14385550101", "carrier_status": status.value, **changes}
    return Report(message.channel_id, Receipt(status=status, **values), LATER)


def apply(cast: Cast, *reports: Report) -> set[int]:
    with scope(company=cast.client):
        return delivery.apply_receipts(reports=reports)


def marks(interaction: Interaction) -> InteractionsChanged:
    change = InteractionChange(interaction.pk, interaction.channel_id, interaction.queue_id, interaction.assignee_id)
    return InteractionsChanged(interaction.company_id, (change,), Part.THREAD)


@pytest.mark.parametrize(("current", "said_status"), list(product(OUTBOUND, ReceiptStatus)))
def test_every_receipt_on_every_rung_goes_up_or_changes_nothing(
    cast: Cast, committing: Committing, current: MessageStatus, said_status: ReceiptStatus
) -> None:
    interaction = conversation(cast.channel_queue)
    message = ours(interaction, current)
    with committing() as news:
        assert apply(cast, report(message, said_status)) == set()
    target = REPORTED.get(said_status)
    moves = target is not None and climbs(current, target)
    assert fresh(message).status == (target if moves else current)
    assert news.events == ([marks(interaction)] if moves else [])


def test_delivery_and_failure_leave_their_time_and_reason(cast: Cast) -> None:
    delivered = ours(conversation(cast.channel_queue), MessageStatus.SENT)
    failed = ours(conversation(cast.channel_user), MessageStatus.SENT, carrier_id="SM2")
    apply(
        cast,
        report(delivered, ReceiptStatus.DELIVERED),
        report(failed, ReceiptStatus.FAILED, carrier_id="SM2", error_code="30003", reason=FailureReason.UNREACHABLE),
    )
    assert fresh(delivered).delivered_at == LATER
    assert (fresh(failed).reason, fresh(failed).error_code, fresh(failed).delivered_at) == (
        "unreachable", "30003", None,
    )  # fmt: skip


def test_receipts_of_one_batch_together_reach_the_highest_rung(cast: Cast, committing: Committing) -> None:
    interaction = conversation(cast.channel_queue)
    message = ours(interaction, MessageStatus.SENT)
    words = [ReceiptStatus.DELIVERED, ReceiptStatus.SENT, ReceiptStatus.ACCEPTED, ReceiptStatus.DELIVERED]
    with committing() as news:
        apply(cast, *(report(message, word) for word in words))
    assert fresh(message).status == "delivered"
    assert news.events == [marks(interaction)]


def test_receipts_of_unknown_messages_are_named_by_their_place(cast: Cast) -> None:
    message = ours(conversation(cast.channel_queue), MessageStatus.SENT)
    reports = [report(message, ReceiptStatus.DELIVERED, carrier_id=carrier) for carrier in ("SM8", "SM1", "SM9")]
    assert apply(cast, *reports) == {0, 2}
    assert fresh(message).status == "delivered"


@pytest.mark.parametrize(
    ("status", "claim", "number", "settled"),
    [
        (MessageStatus.QUEUED, uuid4(), 1, True),
        (MessageStatus.QUEUED, uuid4(), 2, False),
        (MessageStatus.QUEUED, None, 1, False),
        (MessageStatus.UNKNOWN, uuid4(), 1, True),
        (MessageStatus.UNKNOWN, uuid4(), 2, False),
    ],
)
def test_a_receipt_that_names_the_attempt_settles_that_attempt_alone(
    cast: Cast, status: MessageStatus, claim: UUID | None, number: int, settled: bool
) -> None:
    message = ours(conversation(cast.channel_queue), status, carrier_id=None, claim=claim)
    receipt = report(message, ReceiptStatus.SENT, carrier_id="SM7", attempt=Attempt(message.pk, number, 0))
    assert apply(cast, receipt) == (set() if settled else {0})
    assert (fresh(message).status, fresh(message).carrier_id) == (("sent", "SM7") if settled else (status, None))
    assert OutboxEntry.objects.filter(message=message).exists() is not settled


def test_a_receipt_on_another_channel_says_nothing_of_ours(cast: Cast) -> None:
    message = ours(conversation(cast.channel_queue), MessageStatus.SENT)
    elsewhere = Report(cast.outsider_channel.pk, report(message, ReceiptStatus.FAILED).receipt, LATER)
    assert apply(cast, elsewhere) == {0}
    assert fresh(message).status == "sent"


def retry(message: Message, acting: User) -> None:
    with scope(company=message.company_id):
        delivery.retry(message=message, acting=acting)


def settle(message: Message, acting: User, *, was_sent: bool) -> None:
    with scope(company=message.company_id):
        delivery.settle_unknown(message=message, acting=acting, was_sent=was_sent, now=LATER)


def test_a_retry_is_a_new_attempt_without_the_old_ones_traces(cast: Cast, committing: Committing) -> None:
    interaction = conversation(cast.channel_queue)
    message = ours(interaction, MessageStatus.FAILED, reason="other", error_code="1", error_detail="x", sent_at=NOW)
    with committing() as news:
        retry(message, cast.admin)
    after = fresh(message)
    assert (after.status, after.carrier_id, after.sent_at) == ("queued", None, None)
    assert (after.reason, after.error_code, after.error_detail) == ("", "", "")
    entry = OutboxEntry.objects.get(message=message)
    assert (entry.attempts, entry.claim, entry.not_before) == (1, None, None)
    assert news.events == [marks(interaction)]
    assert news.drains == [(Work.SEND, cast.channel_queue.shard)]


def test_a_late_receipt_of_the_failed_attempt_does_not_touch_the_retry(cast: Cast) -> None:
    message = ours(conversation(cast.channel_queue), MessageStatus.FAILED)
    retry(message, cast.admin)
    assert apply(cast, report(message, ReceiptStatus.FAILED, attempt=Attempt(message.pk, 1, 0))) == {0}
    assert fresh(message).status == "queued"


@pytest.mark.parametrize("status", [status for status in MessageStatus if status != MessageStatus.FAILED])
def test_only_a_failed_text_is_retried(cast: Cast, committing: Committing, status: MessageStatus) -> None:
    message = ours(conversation(cast.channel_queue), status)
    with committing() as news, pytest.raises(Conflict):
        retry(message, cast.admin)
    assert (fresh(message).status, news.drains) == (status, [])


def test_a_second_press_on_retry_sends_nothing_more(cast: Cast, committing: Committing) -> None:
    message = ours(conversation(cast.channel_queue), MessageStatus.FAILED)
    with committing() as news:
        retry(message, cast.admin)
        with pytest.raises(Conflict):
            retry(message, cast.admin)
    assert len(news.drains) == 1


def test_a_person_says_that_an_unknown_text_was_sent(cast: Cast, committing: Committing) -> None:
    interaction = conversation(cast.channel_queue)
    message = ours(interaction, MessageStatus.UNKNOWN, carrier_id=None)
    with committing() as news:
        settle(message, cast.admin, was_sent=True)
    assert (fresh(message).status, fresh(message).sent_at) == ("sent", NOW)
    assert (news.events, news.drains) == ([marks(interaction)], [])


def test_a_person_says_that_an_unknown_text_was_not_sent(cast: Cast, committing: Committing) -> None:
    message = ours(conversation(cast.channel_queue), MessageStatus.UNKNOWN, carrier_id=None)
    with committing() as news:
        settle(message, cast.admin, was_sent=False)
    assert fresh(message).status == "queued"
    assert news.drains == [(Work.SEND, cast.channel_queue.shard)]


@pytest.mark.parametrize("was_sent", [True, False])
@pytest.mark.parametrize("status", [status for status in MessageStatus if status != MessageStatus.UNKNOWN])
def test_what_is_known_is_not_settled_by_hand(cast: Cast, status: MessageStatus, was_sent: bool) -> None:
    message = ours(conversation(cast.channel_queue), status)
    with pytest.raises(Conflict):
        settle(message, cast.admin, was_sent=was_sent)
    assert fresh(message).status == status


@pytest.mark.parametrize("who", ["agent2", "user", "outsider_admin"])
def test_who_may_not_answer_decides_nothing(cast: Cast, who: str) -> None:
    person: User = getattr(cast, who)
    failed = ours(conversation(cast.channel_queue, assignee=cast.agent), MessageStatus.FAILED)
    unknown = ours(conversation(cast.channel_queue, "+15145550143"), MessageStatus.UNKNOWN, carrier_id=None)
    with pytest.raises(NotAllowed):
        retry(failed, person)
    for was_sent in (True, False):
        with pytest.raises(NotAllowed):
            settle(unknown, person, was_sent=was_sent)
    assert (fresh(failed).status, fresh(unknown).status) == ("failed", "unknown")
