"""What carriers report of our texts, and what people decide about those that failed or are unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.channels.drains import Work, defer_drain
from scopchat.channels.providers.base import Receipt, ReceiptStatus
from scopchat.common.queries import batch, columns
from scopchat.events.catalogue import Part
from scopchat.interactions import queries
from scopchat.interactions.errors import ChannelStopped, Conflict
from scopchat.interactions.models import Message
from scopchat.interactions.services.changes import announce, announce_rows
from scopchat.interactions.services.lifecycle import require
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
    best: dict[int, tuple[MessageStatus, Report]] = {}
    matched = set()
    for place, message_id, status, _interaction in batch(queries.REPORTED_MESSAGES, columns(asked, 4)):
        report = reports[place - 1]
        matched.add(place - 1)
        current = best[message_id][0] if message_id in best else MessageStatus(status)
        reported = REPORTED.get(report.receipt.status)
        if reported is not None and climbs(current, reported):
            best[message_id] = (reported, report)
    _record(best)
    return set(range(len(reports))) - matched


def _record(best: dict[int, tuple[MessageStatus, Report]]) -> None:
    if not best:
        return
    records = [
        (
            message_id,
            status.value,
            report.receipt.carrier_id,
            (report.receipt.reason or "") if status is MessageStatus.FAILED else "",
            report.receipt.error_code[:20],
            report.received_at,
        )
        for message_id, (status, report) in sorted(best.items())
    ]
    moved = batch(queries.RECORD_REPORTS, [sorted(best), *columns(records, 6)])
    announce_rows(set(moved), part=Part.THREAD)


def tell(interaction_ids: set[int]) -> None:
    """Live pages with one of these threads open show its marks anew."""
    if interaction_ids:
        announce_rows(batch(queries.ROUTES, [list(interaction_ids)]), part=Part.THREAD)


@transaction.atomic
def retry(*, message: Message, acting: User, now: datetime) -> None:
    """A person sends a failed text once more, as a new attempt. Raises `NotAllowed`, `Conflict`, `ChannelStopped`."""
    _queue_again(message, acting=acting, current=MessageStatus.FAILED, now=now)


@transaction.atomic
def settle_unknown(*, message: Message, acting: User, was_sent: bool, now: datetime) -> None:
    """A person decides about a text of which nobody knows whether it left: it did, or send it again.

    Raises `NotAllowed`, `Conflict` when it is known by now, and `ChannelStopped` where it cannot be sent again.
    """
    if not was_sent:
        _queue_again(message, acting=acting, current=MessageStatus.UNKNOWN, now=now)
        return
    require(message.interaction, acting=acting, permission=Permission.ANSWER)
    unknown = Message.objects.filter(pk=message.pk, status=MessageStatus.UNKNOWN)
    if not unknown.update(status=MessageStatus.SENT, sent_at=message.claimed_at or now):
        raise Conflict
    announce(message.interaction, part=Part.THREAD)


def _queue_again(message: Message, *, acting: User, current: MessageStatus, now: datetime) -> None:
    require(message.interaction, acting=acting, permission=Permission.ANSWER)
    if not message.interaction.channel.is_active:
        raise ChannelStopped
    moved = Message.objects.filter(pk=message.pk, status=current).update(
        status=MessageStatus.QUEUED,
        carrier_id=None,
        claim=None,
        sent_at=None,
        reason="",
        error_code="",
        error_detail="",
        not_before=now,
    )
    if not moved:
        raise Conflict
    announce(message.interaction, part=Part.THREAD)
    transaction.on_commit(partial(defer_drain, Work.SEND, message.interaction.channel.shard))
