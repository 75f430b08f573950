"""Texts of which nobody knows whether they left: asking the carrier, where it can be asked.

Each text is asked about alone and each account has its own turn: one that hangs, or answers what cannot be read, costs
the others nothing.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Window
from django.db.models.functions import Random, RowNumber

from scopchat.channels.models import Provider
from scopchat.channels.providers.base import Attempt, Candidate, HttpAnswer, OutboundMessage
from scopchat.channels.providers.registry import adapter_for
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.gateway import copies, queries
from scopchat.gateway.database import in_thread_unscoped
from scopchat.interactions.models import Message, OutboxEntry
from scopchat.interactions.services.delivery import settle_found

logger = structlog.get_logger(__name__)

FIRST_LOOK = timedelta(seconds=10)
"""Time for the carrier to list what it took."""
LAST_LOOK = timedelta(minutes=15)
"""After this a person decides."""
MAX_PER_ACCOUNT = 20
"""Texts of one account that are asked about in one round, chosen by lot;"""
ACCOUNT_AT_ONCE = 4
"""so many of them at a time,"""
AT_ONCE = 32
"""and so many of all."""
CLOCKS = timedelta(seconds=2)
"""How far a carrier's clock, which counts whole seconds, may be behind ours."""


class Lookups:
    """One round of questions."""

    def __init__(self, client: http.Client) -> None:
        self._client = client
        self._free = asyncio.Semaphore(AT_ONCE)
        self._turns: dict[int, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(ACCOUNT_AT_ONCE))
        self._silent: set[int] = set()

    async def run(self, entries: Iterable[OutboxEntry]) -> int:
        """Asks about each; returns how many were found to have been sent."""
        return sum(await asyncio.gather(*map(self._look_up, entries)))

    async def _look_up(self, entry: OutboxEntry) -> bool:
        provider = entry.channel.provider
        async with self._turns[provider.pk], self._free:
            if provider.pk in self._silent:
                return False
            try:
                candidates = await self._ask(provider, entry)
                return bool(candidates) and await in_thread_unscoped(_settle, entry, candidates)
            except (http.NotConnected, http.NoAnswer) as error:
                self._silent.add(provider.pk)
                logger.warning("lookup_unanswered", provider=provider.pk, error=type(error).__name__)
            except Exception as error:
                logger.warning("lookup_failed", message_id=entry.message_id, error=type(error).__name__)
            return False

    async def _ask(self, provider: Provider, entry: OutboxEntry) -> tuple[Candidate, ...]:
        adapter = adapter_for(provider.kind)
        text = OutboundMessage(
            Attempt(entry.message_id, entry.attempts, entry.channel.shard),
            entry.channel.address,
            entry.message.recipient,
            entry.message.text,
        )
        assert entry.claimed_at is not None
        request = adapter.build_lookup(text, provider.account, entry.claimed_at)
        if request is None:
            return ()
        answer = await self._client.request(request.method, request.url, headers=request.headers, body=request.body)
        return adapter.parse_lookup(HttpAnswer(answer.status, answer.body), text)


async def look_up_unknown(client: http.Client) -> int:
    """Asks the carriers about recent unknown texts; returns how many were found to have been sent."""
    return await Lookups(client).run(await in_thread_unscoped(_unknown, utc_now()))


def _unknown(now: datetime) -> list[OutboxEntry]:
    """Some of each account's, so that a thousand of one do not keep another's waiting."""
    # What a copy of the installation holds is asked about until it may send: it may be started long after it was made.
    since = min(now - LAST_LOOK, copies.held_since() or now)
    recent = OutboxEntry.objects.filter(unknown_at__gte=since, claimed_at__lt=now - FIRST_LOOK)
    lot = Window(RowNumber(), partition_by="channel__provider_id", order_by=Random())
    chosen = recent.annotate(lot=lot).filter(lot__lte=MAX_PER_ACCOUNT)
    return list(chosen.select_related("message__interaction", "channel__provider"))


@transaction.atomic
def _settle(entry: OutboxEntry, candidates: Iterable[Candidate]) -> bool:
    """Writes that the carrier has the text, if it is proved."""
    # The router writes receipts to the same message.
    queries.one_at_a_time(entry.channel.shard)
    carrier_id = proof(entry, candidates)
    if carrier_id is None:
        return False
    try:
        with transaction.atomic():
            return settle_found(
                message=entry.message,
                provider_id=entry.channel.provider_id,
                carrier_id=carrier_id,
                now=utc_now(),
            )
    except IntegrityError:
        return False


def proof(entry: OutboxEntry, candidates: Iterable[Candidate]) -> str | None:
    """The carrier's id of the text, where just one candidate can be it and it can be no other text's.

    An id that we know already is another text's, and what is older than the attempt is an earlier one's. Where another
    text of the same words is on its way to the same customer, nobody can tell which of the two was found.
    """
    assert entry.claimed_at is not None
    since = entry.claimed_at - CLOCKS
    found = {one.carrier_id for one in candidates if one.created_at is None or one.created_at >= since}
    known = Message.objects.filter(channel_id=entry.channel_id, carrier_id__in=found)
    unknown_to_us = found - set(known.values_list("carrier_id", flat=True))
    if len(unknown_to_us) != 1 or (_twins(entry) and not _named(candidates)):
        return None
    return unknown_to_us.pop()


def _named(candidates: Iterable[Candidate]) -> bool:
    """Whether the carrier found them by our name for the attempt, which no other text has."""
    return all(one.created_at is None for one in candidates)


def _twins(entry: OutboxEntry) -> bool:
    """Whether another text of these words is with the carrier, or may be (index `outbox_turn`, `outbox_unknown`)."""
    same = {"message__customer": entry.message.customer, "channel": entry.channel_id}
    of_customer = {"interaction": entry.interaction_id} if entry.interaction_id else same
    others = OutboxEntry.objects.filter(**of_customer, claimed_at__isnull=False)
    return others.exclude(pk=entry.pk).filter(message__text=entry.message.text).exists()
