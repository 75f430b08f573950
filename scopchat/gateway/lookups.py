"""Texts of which nobody knows whether they left: asking the carrier, where it can be asked."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError

from scopchat.channels.providers.base import Attempt, HttpAnswer, HttpRequest, OutboundMessage, Sent
from scopchat.channels.providers.registry import adapter_for
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.gateway import copies
from scopchat.gateway.database import in_thread
from scopchat.interactions.models import OutboxEntry
from scopchat.interactions.services.delivery import settle_found

logger = structlog.get_logger(__name__)

FIRST_LOOK = timedelta(seconds=10)
"""Time for the carrier to list what it took."""
LAST_LOOK = timedelta(minutes=15)
"""After this a person decides."""
MOST_AT_ONCE = 200


async def look_up_unknown(client: http.Client) -> int:
    """Asks the carriers about recent unknown texts; returns how many were found to have been sent."""
    found = 0
    for entry in await in_thread(_unknown, utc_now()):
        carrier_id = await _ask(client, entry)
        if carrier_id is not None:
            found += await in_thread(_found, entry, carrier_id)
    return found


def _unknown(now: datetime) -> list[OutboxEntry]:
    # What a copy of the installation holds is asked about until it may send: it may be started long after it was made.
    since = min(now - LAST_LOOK, copies.held_since() or now)
    return list(
        OutboxEntry.objects.select_related("message__interaction", "channel__provider", "interaction")
        .filter(unknown_at__gte=since, claimed_at__lt=now - FIRST_LOOK)
        # Any of them: those that are not found must not keep the others from being asked about.
        .order_by("?")[:MOST_AT_ONCE]
    )


async def _ask(client: http.Client, entry: OutboxEntry) -> str | None:
    """The carrier's id of the text, when the carrier is certain to have it."""
    provider = entry.channel.provider
    adapter = adapter_for(provider.kind)
    text = OutboundMessage(
        Attempt(entry.message_id, entry.attempts),
        entry.channel.address,
        entry.interaction.customer,
        entry.message.text,
    )
    assert entry.claimed_at is not None
    request: HttpRequest | None = adapter.build_lookup(text, provider.account, entry.claimed_at)
    if request is None:
        return None
    try:
        answer = await client.request(request.method, request.url, headers=request.headers, body=request.body)
    except (http.Blocked, http.NotConnected, http.NoAnswer, http.TooLarge) as error:
        logger.warning("lookup_failed", message_id=entry.message_id, error=type(error).__name__)
        return None
    outcome = adapter.parse_lookup(HttpAnswer(answer.status, answer.body), text)
    return outcome.carrier_id if isinstance(outcome, Sent) else None


def _found(entry: OutboxEntry, carrier_id: str) -> bool:
    """Writes that the carrier has the text; an id that is another text's already proves nothing."""
    try:
        return settle_found(message=entry.message, carrier_id=carrier_id, now=utc_now())
    except IntegrityError:
        return False
