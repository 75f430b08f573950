"""The outbox as the sender uses it: claim texts, record what became of them, give up what an ended run left."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from scopchat.channels.journal_replay import hand_back_receipts
from scopchat.channels.providers.base import Attempt, FailureReason, OutboundMessage
from scopchat.common.queries import batch
from scopchat.interactions import queries
from scopchat.interactions.media import carriers_links
from scopchat.interactions.models import Priority
from scopchat.interactions.services.changes import announce_texts
from scopchat.interactions.services.keywords import note_blocks
from scopchat.interactions.status import MessageStatus

OVER = frozenset({MessageStatus.SENT, MessageStatus.FAILED})
"""What ends a text's way through the outbox."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text this run may send, once."""

    channel_id: int
    message: OutboundMessage
    segments: int
    priority: Priority = Priority.LIVE
    refused_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a claimed text. `status` is sent, failed, unknown, or queued (with `not_before`).

    A `reason` goes with failed, and with queued where the carrier did not take it for now.
    """

    message_id: int
    status: MessageStatus
    at: datetime
    carrier_id: str | None = None
    segments: int | None = None
    reason: str = ""
    error_code: str = ""
    error_detail: str = ""
    not_before: datetime | None = None

    @property
    def holds_mass_send(self) -> bool:
        """Whether the carrier refused the account, for which no text of a mass send fails: the send is paused."""
        return self.status == MessageStatus.QUEUED and self.reason == FailureReason.ACCOUNT


def claim(
    *, limits: Mapping[int, int], senders: Mapping[int, str], shard: int, most: int, claim: UUID, now: datetime
) -> list[Claimed]:
    """Claims at most `limits[channel]` texts of each channel and `most` together, in the running transaction."""
    found = batch(
        queries.statement("claim"),
        {"channels": list(limits), "limits": list(limits.values()), "most": most, "claim": claim, "now": now},
    )
    return [
        Claimed(
            channel,
            OutboundMessage(
                Attempt(pk, attempt, shard),
                senders[channel],
                customer,
                text,
                carriers_links(photos, company_id=company, now=now),
            ),
            segments,
            Priority(priority),
            refused_since,
        )
        for pk, company, channel, attempt, customer, text, segments, priority, refused_since, photos in sorted(found)
    ]


def due(*, channels: Sequence[int], now: datetime) -> dict[int, datetime]:
    """When the next queued text of each channel may go, by its backoff; channels without one are absent."""
    found = batch(queries.statement("next_due"), {"channels": list(channels), "now": now})
    return {channel: moment for channel, moment in found if moment is not None}


def record_results(*, results: Sequence[Result], claim: UUID, providers: Collection[int]) -> None:
    """Writes results of texts still under this claim, and wakes receipts of theirs that came before.

    In the running transaction. `providers` are those of the texts' channels.
    """
    over = [result for result in results if result.status in OVER]
    again = [result for result in results if result.status not in OVER]
    changed: list[tuple[Any, ...]] = []
    if over:
        written = {
            **_columns(over, claim),
            "carrier_ids": [result.carrier_id for result in over],
            "segments": [result.segments for result in over],
        }
        changed += batch(queries.statement("record_results"), written)
        refused = {result.message_id: result.at for result in over if result.reason == FailureReason.OPTED_OUT}
        note_blocks(refused, written=[row[:-1] for row in changed])
    if again:
        written = {**_columns(again, claim), "not_before": [result.not_before for result in again]}
        changed += batch(queries.statement("record_no_result"), written)
    # What an ended run had claimed may be heard of after all, when it was frozen only.
    was = {row[0]: MessageStatus.UNKNOWN for row in changed if row[-1]}
    announce_texts([row[:-1] for row in changed], was=was)
    hand_back_receipts(providers=providers, carrier_ids=[result.carrier_id for result in over if result.carrier_id])


def _columns(results: Sequence[Result], claim: UUID) -> dict[str, Any]:
    """What both statements take."""
    return {
        "claim": claim,
        "ids": [result.message_id for result in results],
        "statuses": [result.status.value for result in results],
        "reasons": [result.reason for result in results],
        "codes": [result.error_code[:20] for result in results],
        "details": [result.error_detail[:300] for result in results],
        "at": [result.at for result in results],
    }


def abandon(*, channels: Sequence[int], claim: UUID, now: datetime) -> int:
    """Marks unknown what earlier runs had claimed on these channels; returns how many texts.

    In the running transaction.
    """
    found = batch(queries.statement("abandon"), {"channels": list(channels), "claim": claim, "now": now})
    announce_texts(found)
    return len(found)


def doubt_queued(*, now: datetime) -> int:
    """Marks unknown whatever is queued on all channels: another copy of the installation may have sent it.

    What was not claimed counts as one attempt more, the one that the other copy may have made: its look-up and its
    receipts name that. Returns how many texts. In the running transaction.
    """
    found = batch(queries.statement("doubt_queued"), {"now": now})
    announce_texts(found)
    return len(found)
