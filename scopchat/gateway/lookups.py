"""Texts of which nobody knows whether they left: asking the carrier, where it can be asked."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction

from scopchat.channels.providers.base import Attempt, HttpAnswer, HttpRequest, OutboundMessage, Sent
from scopchat.channels.providers.registry import adapter_for
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.gateway.database import in_thread
from scopchat.interactions.models import Message
from scopchat.interactions.services.delivery import tell
from scopchat.interactions.status import MessageStatus

logger = structlog.get_logger(__name__)

FIRST_LOOK = timedelta(seconds=10)
"""Time for the carrier to list what it took."""
LAST_LOOK = timedelta(minutes=15)
"""After this a person decides."""
MOST_AT_ONCE = 200


async def look_up_unknown(client: http.Client) -> int:
    """Asks the carriers about recent unknown texts; returns how many were found to have been sent."""
    found = 0
    for message in await in_thread(_unknown, utc_now()):
        carrier_id = await _ask(client, message)
        if carrier_id is not None:
            found += await in_thread(_found, message, carrier_id)
    return found


def _unknown(now: datetime) -> list[Message]:
    return list(
        Message.objects.select_related("channel__provider", "interaction")
        .filter(
            status=MessageStatus.UNKNOWN,
            claimed_at__gt=now - LAST_LOOK,
            claimed_at__lt=now - FIRST_LOOK,
        )
        .order_by("claimed_at")[:MOST_AT_ONCE]
    )


async def _ask(client: http.Client, message: Message) -> str | None:
    """The carrier's id of the text, when the carrier is certain to have it."""
    provider = message.channel.provider
    adapter = adapter_for(provider.kind)
    text = OutboundMessage(
        Attempt(message.pk, message.attempts), message.channel.address, message.interaction.customer, message.text
    )
    assert message.claimed_at is not None
    request: HttpRequest | None = adapter.build_lookup(text, provider.account, message.claimed_at)
    if request is None:
        return None
    try:
        answer = await client.request(request.method, request.url, headers=request.headers, body=request.body)
    except (http.Blocked, http.NotConnected, http.NoAnswer, http.TooLarge) as error:
        logger.warning("lookup_failed", message_id=message.pk, error=type(error).__name__)
        return None
    outcome = adapter.parse_lookup(HttpAnswer(answer.status, answer.body), text)
    return outcome.carrier_id if isinstance(outcome, Sent) else None


def _found(message: Message, carrier_id: str) -> bool:
    """Writes that the carrier has the text; an id that is another text's already proves nothing."""
    try:
        with transaction.atomic():
            moved = Message.objects.filter(pk=message.pk, status=MessageStatus.UNKNOWN, claim=message.claim).update(
                status=MessageStatus.SENT, carrier_id=carrier_id, sent_at=message.claimed_at
            )
            if moved:
                tell({message.interaction_id})
    except IntegrityError:
        return False
    return bool(moved)
