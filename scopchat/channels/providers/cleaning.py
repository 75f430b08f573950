"""What carriers say, made fit to be stored and shown: the one place between adapters and all the rest.

A carrier may answer anything. An id with a NUL, a count of 10¹², an endless error text: written as it came, each would
spoil the batch it is in, and with it other companies' texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from scopchat.channels.providers.base import (
    Account,
    AccountCheck,
    BadSignature,
    Candidate,
    Event,
    HookAnswer,
    HookRequest,
    HttpAnswer,
    HttpRequest,
    InboundMessage,
    Malformed,
    MediaReference,
    OutboundMessage,
    Receipt,
    Refused,
    SendOutcome,
    Sent,
    Unclear,
)
from scopchat.channels.providers.credentials import CredentialField
from scopchat.channels.providers.protocol import Adapter

MAX_ID_CHARACTERS = 80
MAX_ADDRESS_CHARACTERS = 40
MAX_STATUS_CHARACTERS = 38
MAX_CODE_CHARACTERS = 20
MAX_DETAIL_CHARACTERS = 300
MAX_TEXT_CHARACTERS = 20_000
MAX_URL_CHARACTERS = 2_000
MAX_MEDIA = 10
MAX_SEGMENTS = 100
MAX_PARTS = 1_000
"""Characters, photos, segments, texts in a callback: more than any carrier has a use for, and all that tables hold."""


class CleanAdapter:
    """An adapter as the rest of the product uses it: what it reads is within bounds, and it raises only what it may."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter

    @property
    def kind(self) -> str:
        return self._adapter.kind

    @property
    def title(self) -> str:
        return self._adapter.title

    @property
    def default_api_base_url(self) -> str:
        return self._adapter.default_api_base_url

    @property
    def credential_fields(self) -> tuple[CredentialField, ...]:
        return self._adapter.credential_fields

    @property
    def media_hosts(self) -> frozenset[str]:
        return self._adapter.media_hosts

    @property
    def max_photos(self) -> int:
        return self._adapter.max_photos

    def verify(self, request: HookRequest, account: Account) -> None:
        try:
            self._adapter.verify(request, account)
        except BadSignature:
            raise
        except Exception as error:
            raise BadSignature(f"it cannot be checked: {type(error).__name__}") from error

    def split(self, request: HookRequest) -> tuple[HookRequest, ...]:
        parts = _read(self._adapter.split, request)
        if not 1 <= len(parts) <= MAX_PARTS:
            raise Malformed("nothing in it, or too much")
        return parts

    def parse_inbound(self, request: HookRequest) -> InboundMessage:
        return _message(_read(self._adapter.parse_inbound, request))

    def parse_receipt(self, request: HookRequest) -> Receipt:
        return _receipt(_read(self._adapter.parse_receipt, request))

    def answer(self, event: Event) -> HookAnswer:
        return self._adapter.answer(event)

    def build_send(self, message: OutboundMessage, account: Account) -> HttpRequest:
        return self._adapter.build_send(message, account)

    def parse_send(self, answer: HttpAnswer) -> SendOutcome:
        try:
            return _outcome(self._adapter.parse_send(answer))
        except Exception as error:
            return Unclear(f"HTTP {answer.status}, unreadable: {type(error).__name__}")

    def build_lookup(self, message: OutboundMessage, account: Account, sent_after: datetime) -> HttpRequest | None:
        return self._adapter.build_lookup(message, account, sent_after)

    def parse_lookup(self, answer: HttpAnswer, message: OutboundMessage) -> tuple[Candidate, ...]:
        try:
            found = self._adapter.parse_lookup(answer, message)
        except Exception:
            return ()
        return tuple(Candidate(stored_id(one.carrier_id), one.created_at) for one in found)

    def build_check(self, account: Account) -> HttpRequest | None:
        return self._adapter.build_check(account)

    def parse_check(self, answer: HttpAnswer) -> AccountCheck:
        try:
            return self._adapter.parse_check(answer)
        except Exception:
            return AccountCheck.UNCLEAR

    def build_media(self, url: str, account: Account) -> HttpRequest:
        return self._adapter.build_media(url, account)


def _read[T](parse: Callable[[HookRequest], T], request: HookRequest) -> T:
    try:
        return parse(request)
    except Malformed:
        raise
    except Exception as error:
        raise Malformed(f"unreadable: {type(error).__name__}") from error


def _message(message: InboundMessage) -> InboundMessage:
    names = message.carrier_id, message.sender, message.recipient
    if (
        not message.media
        and 1 <= message.segments <= MAX_SEGMENTS
        and "".join([*names, message.text]).isprintable()
        and len(message.text) <= MAX_TEXT_CHARACTERS
        and len(names[0]) <= MAX_ID_CHARACTERS
        and max(map(len, names[1:])) <= MAX_ADDRESS_CHARACTERS
    ):
        # As nearly all are: nothing to clean.
        return message
    return InboundMessage(
        carrier_id=_exact(message.carrier_id, MAX_ID_CHARACTERS),
        sender=_exact(message.sender, MAX_ADDRESS_CHARACTERS),
        recipient=_exact(message.recipient, MAX_ADDRESS_CHARACTERS),
        text=storable(message.text, MAX_TEXT_CHARACTERS),
        media=tuple(map(_media, message.media[:MAX_MEDIA])),
        segments=max(1, min(message.segments, MAX_SEGMENTS)),
        heeded=message.heeded,
    )


def _receipt(receipt: Receipt) -> Receipt:
    return Receipt(
        carrier_id=_exact(receipt.carrier_id, MAX_ID_CHARACTERS),
        sender=_exact(receipt.sender, MAX_ADDRESS_CHARACTERS),
        status=receipt.status,
        carrier_status=_exact(receipt.carrier_status, MAX_STATUS_CHARACTERS),
        error_code=storable(receipt.error_code, MAX_CODE_CHARACTERS),
        reason=receipt.reason,
        attempt=receipt.attempt,
    )


def _media(media: MediaReference) -> MediaReference:
    """A photo whose address is none is known by it to be lost: its text is stored all the same."""
    is_address = media.url.isascii() and media.url.isprintable() and len(media.url) <= MAX_URL_CHARACTERS
    return MediaReference(media.url if is_address else "", storable(media.content_type, 60))


def _outcome(outcome: SendOutcome) -> SendOutcome:
    if isinstance(outcome, Sent):
        counted = outcome.segments is not None and 1 <= outcome.segments <= MAX_SEGMENTS
        return Sent(stored_id(outcome.carrier_id), outcome.segments if counted else None)
    if isinstance(outcome, Refused):
        code, detail = storable(outcome.code, MAX_CODE_CHARACTERS), storable(outcome.detail, MAX_DETAIL_CHARACTERS)
        return Refused(outcome.reason, code, detail, outcome.retryable, outcome.retry_after)
    return Unclear(storable(outcome.detail, MAX_DETAIL_CHARACTERS))


def _exact(text: str, most: int) -> str:
    """The text as it is. What it names would be another thing if it were cut or changed: raises `Malformed`."""
    if len(text) > most or not text.isprintable():
        raise Malformed("an id, a status or an address is too long or unprintable")
    return text


def storable(text: str, most: int) -> str:
    """The text without what PostgreSQL cannot hold, and no longer than `most` characters."""
    if "\0" in text or not text.isprintable():
        text = text.replace("\0", "").encode(errors="replace").decode()
    return text[:most]


def stored_id(carrier_id: str) -> str:
    """The carrier's id of a text, or what stands for one that cannot be kept: always the same, and nobody else's."""
    if len(carrier_id) <= MAX_ID_CHARACTERS and carrier_id.isprintable():
        return carrier_id
    return "~" + hashlib.sha256(carrier_id.encode(errors="surrogatepass")).hexdigest()
