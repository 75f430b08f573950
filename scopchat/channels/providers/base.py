"""The one vocabulary that all carriers' adapters share: what came in and what goes out, as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from django.db import models
from django.utils.translation import gettext_lazy as _

from scopchat.channels.providers.urlencoded import pairs_of
from scopchat.channels.shards import SHARDS


class BadSignature(Exception):
    """The request does not come from the carrier. The text says what is wrong, without secrets."""


class Malformed(Exception):
    """The request cannot be read. The text says what is missing."""


class Event(models.TextChoices):
    """The two kinds of callback a carrier makes."""

    INBOUND = "inbound", _("Inbound message")
    STATUS = "status", _("Delivery receipt")


class ReceiptStatus(models.TextChoices):
    """What a delivery receipt can say. Words a carrier adds later become UNKNOWN and are kept raw."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


class FailureReason(models.TextChoices):
    """Why a message failed, in words for the person who wrote it."""

    OPTED_OUT = "opted_out", _("carrier blocked: the customer texted STOP")
    BAD_NUMBER = "bad_number", _("this number cannot receive texts")
    UNREACHABLE = "unreachable", _("the phone could not be reached")
    FILTERED = "filtered", _("the carrier filtered this text")
    SENDER = "sender", _("the carrier does not accept this channel's number as sender")
    ACCOUNT = "account", _("the carrier refused the provider's account")
    CONTENT = "content", _("the carrier refused the content")
    THROTTLED = "throttled", _("the carrier is too busy")
    EXPIRED = "expired", _("it could not be delivered in time")
    CONNECTION = "connection", _("the carrier could not be reached")
    STOPPED = "stopped", _("the channel was taken out of use before this text left")
    CANCELLED = "cancelled", _("the mass send was cancelled before this text left")
    LEFT = "left", _("the customer left the mass sends before this text left")
    OTHER = "other", _("the carrier reported an error")


@dataclass(frozen=True, slots=True)
class Account:
    """What an adapter knows of a provider: decrypted credentials and addresses."""

    credentials: Mapping[str, str]
    api_base_url: str
    """Carrier's API, without a slash at the end."""
    callback_url: str
    """Public address of this provider's hooks, to which `/inbound` or `/status` is added."""


@dataclass(frozen=True)
class HookRequest:
    """A callback as it arrived. Header names are lower case; `url` is the configured public address.

    Verifying, recognising and reading it all look at the same pairs, so these are parsed once (hence no slots).
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """Pairs of the query string, blank values kept (carriers sign them)."""
        return pairs_of(self.url.partition("?")[2], errors="replace")

    @cached_property
    def form(self) -> list[tuple[str, str]]:
        """Pairs of a urlencoded body, blank values kept. Raises `Malformed` when it is not UTF-8."""
        try:
            return pairs_of(self.body.decode())
        except ValueError:
            raise Malformed("the body is not a UTF-8 form") from None

    @cached_property
    def fields(self) -> dict[str, str]:
        """What the carrier says, by name: the form of a POST, else the query."""
        return dict(self.form if self.method == "POST" else self.query)


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What the carrier expects to read when its callback was taken."""

    status: int = 200
    content_type: str = "text/plain"
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class MediaReference:
    """A photo that came with a message, still at the carrier."""

    url: str
    content_type: str


class Wish(StrEnum):
    """What a customer can ask for by a keyword."""

    LEAVE = "leave"
    RETURN = "return"
    """Says something only of who has left: to anybody else START and YES are words as any other."""
    HELP = "help"


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One text from a customer. Addresses are E.164, short codes or alphanumeric senders."""

    carrier_id: str
    sender: str
    recipient: str
    text: str
    media: tuple[MediaReference, ...] = ()
    segments: int = 1
    heeded: Wish | None = None
    """What the carrier took it for and acted upon: it has answered, and blocks our texts to them or not."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at sending one message: a person's retry makes the next one."""

    message_id: int
    number: int
    shard: int | None
    """Of the channel it leaves from, so that a receipt without addresses finds its way; None where it is not said."""

    def __str__(self) -> str:
        return f"{self.message_id}.{self.number}" + (f".{self.shard}" if self.shard is not None else "")

    @classmethod
    def read(cls, text: str) -> Attempt | None:
        """The attempt that `str()` wrote, or None for anything else."""
        found = re.fullmatch(r"([0-9]{1,18})\.([0-9]{1,4})(?:\.([0-9]{1,2}))?", text, re.ASCII)
        if found is None or int(found[3] or 0) >= SHARDS:
            return None
        return cls(int(found[1]), int(found[2]), int(found[3]) if found[3] else None)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One delivery report. `carrier_status` is the carrier's own word."""

    carrier_id: str
    sender: str
    """The channel's address; empty where the carrier does not say it."""
    status: ReceiptStatus
    carrier_status: str
    error_code: str = ""
    reason: FailureReason | None = None
    attempt: Attempt | None = None
    """Which of our attempts it is about, where the carrier gives back what we gave it."""


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One text to hand to the carrier."""

    attempt: Attempt
    sender: str
    recipient: str
    text: str
    media_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request for `common.http` to make."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """The carrier has the message."""

    carrier_id: str
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier does not have it. `retryable` means the same request may succeed later."""

    reason: FailureReason
    code: str
    detail: str
    """For logs and the details pane: the carrier's words, never the message's."""
    retryable: bool = False
    retry_after: timedelta | None = None  # how long the carrier asked to be left alone; the sender reads it


@dataclass(frozen=True, slots=True)
class Unclear:
    """The answer does not tell whether the carrier has the message: it may not be sent again blindly."""

    detail: str


SendOutcome = Sent | Refused | Unclear


class AccountCheck(models.TextChoices):
    """Whether the account works as far as the carrier tells, in words for whoever administers it."""

    WORKS = "works", _("The carrier accepts these credentials.")
    REFUSED = "refused", _("The carrier refuses these credentials, or the account is not active. Look at its site.")
    SUSPENDED = "suspended", _("The carrier has suspended or closed this account. Ask the carrier why.")
    BUSY = "busy", _("The carrier is too busy or has a fault. Try again later.")
    AWAY = "away", _("The carrier cannot be reached. Check the API address, or try again later.")
    SLOW = "slow", _("The carrier did not answer in time. Try again later.")
    BLOCKED = "blocked", _("The API address is not one that may be asked. Check it.")
    UNCLEAR = "unclear", _("Something answered that does not look like this carrier. Check the API address.")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that the carrier has and that may be the one asked about: `gateway.lookups` decides whether it is."""

    carrier_id: str
    created_at: datetime | None
    """By the carrier's clock; None where the carrier found it by our own name for the attempt."""
