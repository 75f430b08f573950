"""A text of the demo on its way to a toy phone, as the sender and the carrier's receipt would have it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from scopchat.channels.models import Channel
from scopchat.channels.providers.base import FailureReason, Receipt, ReceiptStatus
from scopchat.channels.providers.simulator.models import new_carrier_id
from scopchat.channels.providers.simulator.services import remember
from scopchat.interactions.services import delivery, sending
from scopchat.interactions.status import MessageStatus


def carry(channel: Channel, message_id: int, to: str, text: str, *, run: UUID, at: datetime, fails: bool) -> None:
    """Takes the text that `run` has claimed to the phone, or does not; either is recorded."""
    carrier_id = new_carrier_id()
    remember(
        channel=channel, phone=to, text=text, from_customer=False, carrier_id=carrier_id, arrives=not fails, now=at
    )
    result = sending.Result(message_id, MessageStatus.SENT, at, carrier_id=carrier_id)
    sending.record_results(results=[result], claim=run, providers=[channel.provider_id])
    status = ReceiptStatus.FAILED if fails else ReceiptStatus.DELIVERED
    reason = FailureReason.UNREACHABLE if fails else None
    receipt = Receipt(carrier_id, channel.address, status, status.value, reason=reason)
    delivery.apply_receipts(reports=[delivery.Report(channel.pk, receipt, at + timedelta(seconds=3))])
