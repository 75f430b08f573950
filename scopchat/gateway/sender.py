"""From the outbox to the carrier: one shard's queued texts, many requests in flight, results written in batches.

Intent is on disk before a request leaves (the claim). A request whose answer never came makes its text unknown, which
is never sent again by the program. A run that was frozen sends nothing under an old claim, and says so.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from prometheus_client import Counter

from scopchat.channels.incidents import note_health
from scopchat.channels.providers.base import FailureReason, HttpAnswer, Refused, SendOutcome, Sent, Unclear
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.gateway import leases, turns
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.flight import Flight
from scopchat.gateway.leases import Fenced, Lease
from scopchat.gateway.turns import Route
from scopchat.interactions.models import Priority
from scopchat.interactions.services.sending import Claimed, Result
from scopchat.interactions.status import MessageStatus

logger = structlog.get_logger(__name__)

CLAIM_SECONDS = 6.0
"""After this a claim is stale: another run may have taken over, so nothing more leaves under it."""
TURN_SECONDS = 1.0
"""How long a turn waits for slow answers before it lets other shards have theirs."""
LINGER_SECONDS = 15.0
"""A run stays for work that is due within this; the sweep brings back the rest."""
MAX_PAUSE = timedelta(minutes=1)
"""From one attempt to the next, at the most: a carrier that is back is soon noticed;"""
MAX_RETRY_AFTER = timedelta(hours=1)
"""but a carrier that asks for a longer pause gets it, up to this."""
COMPLAINTS = frozenset({FailureReason.ACCOUNT, FailureReason.CONNECTION})
"""Refusals that concern every text of a provider, not the one that met it."""
SENT_TOTAL = Counter("scopchat_texts_sent_total", "Texts by what became of the request.", ["outcome"])
_COUNTED = {outcome: SENT_TOTAL.labels(outcome.__name__.lower()) for outcome in (Sent, Refused, Unclear)}

turn_slots = asyncio.Semaphore(8)
"""Shards sending at once in this process: enough to keep requests in flight, few enough for large batches."""


def backoff(attempts: int) -> timedelta:
    """Time until the next attempt: 2, 4, 8 … seconds, `MAX_PAUSE` at most."""
    return min(MAX_PAUSE, timedelta(seconds=2 ** min(attempts, 10)))


def patience(priority: Priority) -> timedelta:
    """How long a text waits for a carrier that does not take it for now."""
    return settings.MASS_PATIENCE if priority == Priority.MASS else settings.LIVE_PATIENCE


class Run:
    """One run of the sender on one shard, from its lease to an empty outbox."""

    def __init__(self, lease: Lease, client: http.Client) -> None:
        self._lease = lease
        self._client = client
        self._claim = uuid.uuid4()
        self._flight = Flight()
        self._turns = 0
        self._held_back: dict[int, datetime] = {}
        self._providers: set[int] = set()
        self._complaints: dict[int, str] = {}
        self._told: dict[int, str] = {}

    async def drain(self) -> None:
        """Sends until nothing is due. Raises `Fenced` when another run has taken the shard over."""
        if self._lease.left_behind:
            left = await in_thread_unscoped(turns.abandon_earlier, self._lease.shard, self._claim, utc_now())
            if left:
                logger.warning("texts_unknown", shard=self._lease.shard, texts=left)
        try:
            while await self._step():
                pass
        finally:
            await self._finish()
        await in_thread_unscoped(leases.note_claims, self._lease, None)

    async def _step(self) -> bool:
        """One look at the outbox; whether to look again."""
        async with turn_slots:
            began = time.monotonic()
            room = turns.Room(self._flight.room(), self._flight.room_at_slow(), self._turns)
            self._turns += 1
            turn = await in_thread_unscoped(turns.take_turn, self._lease, self._claim, room, utc_now())
            self._providers.update(route.provider_id for route in turn.routes.values())
            for text in turn.claimed:
                route = turn.routes[text.channel_id]
                self._flight.add(asyncio.create_task(self._send(route, text, began)), route.provider_id)
            await self._write(await self._flight.landed(TURN_SECONDS))
        if turn.claimed or self._flight:
            return True
        if turn.wake_at is None:
            return False
        wait = (turn.wake_at - utc_now()).total_seconds()
        if wait > LINGER_SECONDS:
            return False
        await asyncio.sleep(max(0.0, wait))
        return True

    async def _finish(self) -> None:
        """Nothing in flight is left behind without its result."""
        await self._write(await self._flight.all_landed())

    async def _write(self, results: Sequence[Result]) -> None:
        """Records results, waiting for the database if need be: only we know them."""
        held_back, self._held_back = self._held_back, {}
        while results:
            try:
                await in_thread_unscoped(
                    turns.write, self._lease.shard, results, self._claim, self._providers, held_back
                )
            except (OperationalError, InterfaceError) as error:
                logger.warning("results_not_written", texts=len(results), error=type(error).__name__)
                await asyncio.sleep(0.5)
            else:
                break
        news = {pk: text for pk, text in self._complaints.items() if self._told.get(pk) != text}
        if news:
            await in_thread_unscoped(note_health, complaints=news)
            self._told.update(news)

    def _note(self, route: Route, outcome: SendOutcome) -> None:
        """What the outcome says of the carrier itself, for the incident banner of its channels."""
        if isinstance(outcome, Sent):
            self._complaints[route.provider_id] = ""
        elif isinstance(outcome, Refused) and outcome.reason in COMPLAINTS:
            self._complaints[route.provider_id] = f"{outcome.reason.value}: {outcome.detail}"

    async def _send(self, route: Route, text: Claimed, claimed: float) -> Result:
        """One request; never raises."""
        pk = text.message.attempt.message_id
        if time.monotonic() - claimed > CLAIM_SECONDS:
            SENT_TOTAL.labels("released").inc()
            return Result(pk, MessageStatus.QUEUED, utc_now(), not_before=utc_now())
        try:
            outcome = await self._request(route, text)
        except Exception as error:
            logger.error("send_failed", message_id=pk, error=type(error).__name__)
            outcome = Unclear(type(error).__name__)
        _COUNTED[type(outcome)].inc()
        self._note(route, outcome)
        result = result_of(text, outcome, utc_now())
        if result.not_before is not None and result.reason == FailureReason.THROTTLED:
            # A carrier that has too much of a number's texts has too much of the next one as well.
            self._held_back[route.channel_id] = max(result.not_before, self._held_back.get(route.channel_id, result.at))
        return result

    async def _request(self, route: Route, text: Claimed) -> SendOutcome:
        try:
            request = route.adapter.build_send(text.message, route.account)
        except Exception as error:
            return Refused(FailureReason.OTHER, "build", type(error).__name__)
        try:
            answer = await self._client.request(request.method, request.url, headers=request.headers, body=request.body)
        except http.Blocked as error:
            return Refused(FailureReason.ACCOUNT, "blocked", str(error))
        except http.NotConnected as error:
            return Refused(FailureReason.CONNECTION, "connection", str(error), retryable=True)
        except (http.NoAnswer, http.TooLarge) as error:
            return Unclear(str(error))
        outcome = route.adapter.parse_send(HttpAnswer(answer.status, answer.body))
        if isinstance(outcome, Refused) and outcome.retryable:
            return replace(outcome, retry_after=http.retry_after(answer, utc_now()))
        return outcome


def result_of(text: Claimed, outcome: SendOutcome, now: datetime) -> Result:
    """What an outcome makes of a text: sent, back in the queue for later, failed, or unknown."""
    pk, attempts = text.message.attempt.message_id, text.message.attempt.number
    if isinstance(outcome, Sent):
        return Result(pk, MessageStatus.SENT, now, carrier_id=outcome.carrier_id, segments=outcome.segments)
    if isinstance(outcome, Unclear):
        return Result(pk, MessageStatus.UNKNOWN, now, error_detail=outcome.detail)
    waited = now - (text.refused_since or now)
    # That the account is refused says nothing against the texts of a mass send: it waits for somebody to mend that.
    is_held = text.priority == Priority.MASS and outcome.reason == FailureReason.ACCOUNT
    again = is_held or (outcome.retryable and waited < patience(text.priority))
    pause = max(backoff(attempts), min(outcome.retry_after or timedelta(0), MAX_RETRY_AFTER))
    return Result(
        pk,
        MessageStatus.QUEUED if again else MessageStatus.FAILED,
        now,
        reason=outcome.reason.value,
        error_code=outcome.code,
        error_detail=outcome.detail,
        not_before=now + pause if again else None,
    )


async def run(lease: Lease, client: http.Client) -> None:
    """One whole run; being fenced off ends it quietly, as the work is in other hands."""
    try:
        await Run(lease, client).drain()
    except Fenced:
        logger.warning("run_fenced", work=lease.work.value, shard=lease.shard)
