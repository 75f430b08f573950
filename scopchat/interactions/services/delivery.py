"""What carriers report of our texts, and what people decide about those that failed or are unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.channels.journal_replay import hand_back_receipts
from scopchat.channels.providers.base import FailureReason, Receipt, ReceiptStatus
from scopchat.common.queries import batch, columns
from scopchat.common.refusals import Conflict, NotAllowed
from scopchat.interactions import queries
from scopchat.interactions.models import Message, OutboxEntry
from scopchat.interactions.services.changes import announce_message, announce_texts
from scopchat.interactions.services.keywords import note_blocks
from scopchat.interactions.services.outbox import enter
from scopchat.interactions.services.steps import require
from scopchat.interactions.status import MessageStatus, climbs

REPORTED: dict[ReceiptStatus, MessageStatus] = {
    # What a receipt says of the message; an unknown word says nothing.
    ReceiptStatus.ACCEPTED: MessageStatus.SENT,
    ReceiptStatus.SENT: MessageStatus.SENT,
    ReceiptStatus.DELIVERED: MessageStatus.DELIVERED,
    ReceiptStatus.FAILED: MessageStatus.FAILED,
}


@dataclass(frozen=True, slots=True)
class Report:
    """One receipt on the channel it came to."""

    channel_id: int
    receipt: Receipt
    received_at: datetime


@transaction.atomic
def apply_receipts(*, reports: Sequence[Report]) -> set[int]:
    """Moves messages up their ladder as reported, in any order and any number of times.

    Returns the places in `reports` whose message is not known (yet).
    """
    asked = [
        (
            report.channel_id,
            report.receipt.carrier_id,
            report.receipt.attempt and report.receipt.attempt.message_id,
            report.receipt.attempt and report.receipt.attempt.number,
        )
        for report in reports
    ]
    best: dict[int, tuple[MessageStatus, int | None, Report]] = {}
    was: dict[int, MessageStatus] = {}
    matched, early = set(), set()
    for place, message_id, status, on_its_way, interaction in batch(queries.REPORTED_MESSAGES, columns(asked, 4)):
        report = reports[place - 1]
        matched.add(place - 1)
        was[message_id] = MessageStatus(status)
        current = best[message_id][0] if message_id in best else was[message_id]
        reported = REPORTED.get(report.receipt.status)
        if reported is not None and climbs(current, reported):
            best[message_id] = (reported, interaction, report)
            if on_its_way:
                early.add(message_id)
    _record(best, early, was)
    return set(range(len(reports))) - matched


def channels_of(*, receipts: Sequence[tuple[int, Receipt]]) -> list[tuple[int, int, int]]:
    """For receipts that name no address, each with its provider: their places, and the channel and shard of their text.

    A receipt that names our attempt is found by it, any other by the carrier's id among all of the provider's channels.
    """
    asked = [
        (provider, receipt.carrier_id, receipt.attempt and receipt.attempt.message_id) for provider, receipt in receipts
    ]
    found = batch(queries.CHANNELS_OF_REPORTED, columns(asked, 3))
    return [(place - 1, channel, shard) for place, channel, shard in found]


def _record(
    best: dict[int, tuple[MessageStatus, int | None, Report]], early: set[int], was: dict[int, MessageStatus]
) -> None:
    """Writes the highest report of each message; those on their way (`early`) have thereby arrived at the carrier."""
    if not best:
        return
    records = [
        (
            message_id,
            interaction,
            status.value,
            report.receipt.carrier_id,
            (report.receipt.reason or "") if status is MessageStatus.FAILED else "",
            report.receipt.error_code[:20],
            report.received_at,
        )
        for message_id, (status, interaction, report) in sorted(best.items())
    ]
    changed = batch(queries.RECORD_REPORTS, [sorted(early), *columns(records, 7)])
    refused = {
        message_id: report.received_at
        for message_id, (status, _interaction, report) in best.items()
        if status is MessageStatus.FAILED and report.receipt.reason == FailureReason.OPTED_OUT
    }
    note_blocks(refused, written=changed)
    announce_texts(changed, was=was)


@transaction.atomic
def retry(*, message: Message, acting: User) -> None:
    """A person sends a failed text once more, as a new attempt. Raises `NotAllowed`, `Conflict`, `ChannelStopped`."""
    _require(message, acting)
    failed = Message.objects.select_for_update().filter(pk=message.pk, status=MessageStatus.FAILED).first()
    if failed is None:
        raise Conflict
    _queue_again(message, attempts=failed.attempts, was=MessageStatus.FAILED)


@transaction.atomic
def settle_unknown(*, message: Message, acting: User, was_sent: bool, now: datetime) -> None:
    """A person decides about a text of which nobody knows whether it left: it did, or send it again.

    Raises `NotAllowed`, `Conflict` when it is known by now, and `ChannelStopped` where it cannot be sent again.
    """
    _require(message, acting)
    entry = _take_unknown(message)
    if entry is None:
        raise Conflict
    if was_sent:
        _was_sent(message, entry, carrier_id=None, now=now)
    else:
        _queue_again(message, attempts=entry.attempts, was=MessageStatus.UNKNOWN)


@transaction.atomic
def settle_found(*, message: Message, provider_id: int, carrier_id: str, now: datetime) -> bool:
    """The carrier has an unknown text after all; receipts of it that waited are applied. False when it is known by now.

    Raises IntegrityError when the id is another text's.
    """
    entry = _take_unknown(message)
    if entry is not None:
        _was_sent(message, entry, carrier_id=carrier_id, now=now)
        hand_back_receipts(providers=[provider_id], carrier_ids=[carrier_id])
    return entry is not None


def _require(message: Message, acting: User) -> None:
    """Raises `NotAllowed` unless the person may answer in the text's thread; one outside any thread is nobody's."""
    if message.interaction is None:
        raise NotAllowed
    require(message.interaction, acting=acting, permission=Permission.ANSWER)


def _take_unknown(message: Message) -> OutboxEntry | None:
    """Takes an unknown text out of the outbox, in the running transaction."""
    entry = OutboxEntry.objects.select_for_update().filter(message=message, unknown_at__isnull=False).first()
    if entry is not None:
        OutboxEntry.objects.filter(message=message).delete()
    return entry


def _was_sent(message: Message, entry: OutboxEntry, *, carrier_id: str | None, now: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(
        status=MessageStatus.SENT, carrier_id=carrier_id, attempts=entry.attempts, sent_at=entry.claimed_at or now
    )
    announce_message(message, MessageStatus.SENT, was=MessageStatus.UNKNOWN)


def _queue_again(message: Message, *, attempts: int, was: MessageStatus) -> None:
    Message.objects.filter(pk=message.pk).update(
        status=MessageStatus.QUEUED, carrier_id=None, sent_at=None, reason="", error_code="", error_detail=""
    )
    enter(message, attempts=attempts)
    announce_message(message, MessageStatus.QUEUED, was=was)
