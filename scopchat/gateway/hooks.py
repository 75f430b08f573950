"""The door for carriers: `/hooks/<kind>/<token>/inbound` and `/status`, ahead of Django.

Verify, write to the journal, answer; nothing else happens before the answer, so what was acknowledged is on disk.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import structlog
from prometheus_client import Counter

from scopchat.channels.hook_tokens import without_token
from scopchat.channels.models import EventState
from scopchat.channels.providers.base import BadSignature, Event, HookRequest, Malformed
from scopchat.channels.providers.registry import ADAPTERS
from scopchat.channels.shards import shard_of
from scopchat.common.asgi import Receive, Scope, Send, answer, read_body, whole
from scopchat.common.clock import utc_now
from scopchat.common.crypto import Unreadable
from scopchat.gateway.journal import Entry, Journal, NotWritten
from scopchat.gateway.known_accounts import KnownAccount, KnownAccounts
from scopchat.gateway.wakeups import Wakeups

logger = structlog.get_logger(__name__)

MAX_BODY_BYTES = 256 * 1024
"""Bytes; a carrier's callback is a few kilobytes."""
TOKEN = re.compile(r"[0-9A-Za-z_-]{1,64}")
KEPT_HEADERS = frozenset({"content-type", "i-twilio-idempotency-token"})
ACCEPTED, REFUSED = EventState.ACCEPTED.value, EventState.REFUSED.value
EVENTS = {event.value: event for event in Event}
ANSWERS = Counter("scopchat_hooks_total", "Carrier callbacks by answer.", ["kind", "event", "answer"])


@dataclass(frozen=True, slots=True)
class Identity:
    """What the journal needs to know of one text or receipt."""

    key: str
    shard: int


def identify(account: KnownAccount, event: Event, part: HookRequest) -> Identity:
    """Reads just enough to recognise the same event again, and to put it on its shard. Raises `Malformed`."""
    adapter = ADAPTERS[account.kind]
    if event is Event.INBOUND:
        message = adapter.parse_inbound(part)
        return Identity(message.carrier_id, shard_of(provider_id=account.provider_id, address=message.recipient))
    receipt = adapter.parse_receipt(part)
    shard = receipt.attempt.shard if receipt.attempt is not None else None
    if shard is None:
        # Without an address it goes to the account's own shard, where the router finds out whose it is.
        shard = shard_of(provider_id=account.provider_id, address=receipt.sender)
    return Identity(f"{receipt.carrier_id}:{receipt.carrier_status}", shard)


class Hooks:
    """The ASGI application under `/hooks/`."""

    def __init__(self, *, public_url: str, accounts: KnownAccounts, journal: Journal, wakeups: Wakeups) -> None:
        self._public_url = public_url
        self._accounts = accounts
        self._journal = journal
        self._wakeups = wakeups
        self._accepted = {
            (kind, event): ANSWERS.labels(kind, event.value, "200") for kind in ADAPTERS for event in Event
        }
        self._replies = {
            (kind, event): whole(reply.status, reply.body, reply.content_type)
            for kind, adapter in ADAPTERS.items()
            for event in Event
            for reply in [adapter.answer(event)]
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts = scope["path"].split("/")
        if len(parts) != 5 or parts[4] not in EVENTS or parts[2] not in ADAPTERS or not TOKEN.fullmatch(parts[3]):
            return await answer(send, 404)
        kind, event = parts[2], EVENTS[parts[4]]
        if scope["method"] not in {"GET", "POST"}:
            return await answer(send, 405)
        try:
            account = self._accounts.kept(kind, parts[3]) or await self._accounts.find(kind, parts[3])
        except OSError:
            return await self._refuse(send, kind, event, 503, "the database cannot be reached")
        except Unreadable:
            return await self._refuse(send, kind, event, 503, "the account's secrets cannot be read")
        if account is None:
            return await self._refuse(send, kind, event, 404, "unknown token")
        body = await read_body(receive, MAX_BODY_BYTES)
        if body is None:
            return await self._refuse(send, kind, event, 413, "too large")
        try:
            status = await self._accept(account, event, self._request(scope, body))
        except NotWritten:
            return await self._refuse(send, kind, event, 503, "not written")
        if status != 200:
            return await self._refuse(send, kind, event, status, "refused", provider_id=account.provider_id)
        self._accepted[kind, event].inc()
        for message in self._replies[kind, event]:
            await send(message)
        return None

    def _request(self, scope: Scope, body: bytes) -> HookRequest:
        """The callback at its configured public address: a client-sent Host proves nothing."""
        path = scope["raw_path"].decode("latin-1").partition("?")[0] if "raw_path" in scope else quote(scope["path"])
        query = scope["query_string"].decode("latin-1")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        url = f"{self._public_url}{path}" + (f"?{query}" if query else "")
        return HookRequest(scope["method"], url, headers, body)

    async def _accept(self, account: KnownAccount, event: Event, request: HookRequest) -> int:
        """Journals the callback and returns the status to answer. Raises `NotWritten`."""
        now = utc_now()
        try:
            ADAPTERS[account.kind].verify(request, account.account)
        except BadSignature as error:
            # Only the fact is kept, once a minute at most, so that a stranger cannot fill the journal.
            fact = Identity(f"unsigned:{now:%Y%m%d%H%M}", 0)
            bare = HookRequest(request.method, "", {}, b"")
            await self._journal.append([_entry(account, event, bare, fact, now, str(error))])
            return 403
        try:
            parts = ADAPTERS[account.kind].split(request)
        except Malformed as error:
            await self._journal.append([_odd(account, event, request, now, error)])
            return 400
        entries = [self._entry_of(account, event, part, now) for part in parts]
        await self._journal.append(entries)
        accepted = {entry.shard for entry in entries if entry.state == ACCEPTED}
        for shard in accepted:
            self._wakeups.ask(shard, report=event is Event.STATUS)
        return 200 if accepted else 400

    def _entry_of(self, account: KnownAccount, event: Event, part: HookRequest, now: datetime) -> Entry:
        """One text or receipt; what cannot be read is kept for inspection and takes no other with it."""
        try:
            identity = identify(account, event, part)
        except Malformed as error:
            return _odd(account, event, part, now, error)
        return _entry(account, event, part, identity, now)

    async def _refuse(self, send: Send, kind: str, event: Event, status: int, why: str, **more: int) -> None:
        ANSWERS.labels(kind, event, str(status)).inc()
        logger.warning("hook_refused", kind=kind, hook=event.value, status=status, why=why, **more)
        await answer(send, status)


def _odd(account: KnownAccount, event: Event, request: HookRequest, now: datetime, error: Malformed) -> Entry:
    digest = hashlib.sha256(request.url.encode() + request.body).hexdigest()
    return _entry(account, event, request, Identity(f"malformed:{digest}", 0), now, str(error))


def _entry(
    account: KnownAccount, event: Event, request: HookRequest, identity: Identity, now: datetime, error: str = ""
) -> Entry:
    return Entry(
        provider_id=account.provider_id,
        event=event.value,
        carrier_key=identity.key,
        shard=identity.shard,
        method=request.method,
        url=without_token(request.url).replace("\0", ""),
        headers={name: request.headers[name] for name in KEPT_HEADERS if name in request.headers},
        received_at=now.isoformat(),
        state=REFUSED if error else ACCEPTED,
        error=error,
        body=request.body,
    )
