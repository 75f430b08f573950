"""What every carrier adapter offers.

An adapter does no I/O: it verifies and reads what came in, and writes what goes out, as values. Hooks, router and
sender do the talking. `docs/adding-a-provider.md` walks through a new one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from scopchat.channels.providers.base import (
    Account,
    AccountCheck,
    Candidate,
    Event,
    HookAnswer,
    HookRequest,
    HttpAnswer,
    HttpRequest,
    InboundMessage,
    OutboundMessage,
    Receipt,
    SendOutcome,
)
from scopchat.channels.providers.credentials import CredentialField


class Adapter(Protocol):
    """A carrier. Every method is pure: values in, values out, no I/O and no clock."""

    @property
    def kind(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def default_api_base_url(self) -> str:
        """May name {public_url} and {company_id}, for a carrier that is part of the product."""
        ...

    @property
    def credential_fields(self) -> tuple[CredentialField, ...]: ...

    @property
    def media_hosts(self) -> frozenset[str]:
        """Host names from which inbound media may be fetched with the account's credentials."""
        ...

    @property
    def max_photos(self) -> int:
        """How many photos one text may have; 0 where the carrier takes none."""
        ...

    def verify(self, request: HookRequest, account: Account) -> None:
        """Raises `BadSignature` unless the request comes from the carrier."""
        ...

    def split(self, request: HookRequest) -> tuple[HookRequest, ...]:
        """A callback as one request for each text or receipt in it; most carriers send one. Raises `Malformed`."""
        ...

    def parse_inbound(self, request: HookRequest) -> InboundMessage:
        """The text in one part of an inbound callback. Raises `Malformed`."""
        ...

    def parse_receipt(self, request: HookRequest) -> Receipt:
        """The receipt in one part of a status callback. Raises `Malformed`."""
        ...

    def answer(self, event: Event) -> HookAnswer:
        """What to answer once the callback is on disk."""
        ...

    def build_send(self, message: OutboundMessage, account: Account) -> HttpRequest:
        """The request that hands the message over."""
        ...

    def parse_send(self, answer: HttpAnswer) -> SendOutcome:
        """What the answer to `build_send` means. Never raises: what cannot be read is `Unclear`."""
        ...

    def build_lookup(self, message: OutboundMessage, account: Account, sent_after: datetime) -> HttpRequest | None:
        """The request that asks whether the carrier has the message, or None where it offers no such thing."""
        ...

    def parse_lookup(self, answer: HttpAnswer, message: OutboundMessage) -> tuple[Candidate, ...]:
        """The texts of these words, to and from these numbers, that the carrier has; none where that cannot be told."""
        ...

    def build_check(self, account: Account) -> HttpRequest | None:
        """The request that asks whether the credentials work and changes nothing; None where there is no such thing."""
        ...

    def parse_check(self, answer: HttpAnswer) -> AccountCheck:
        """What the answer to `build_check` means. Never raises: what cannot be read is `UNCLEAR`."""
        ...

    def build_media(self, url: str, account: Account) -> HttpRequest:
        """The request that fetches one inbound photo; credentials only towards `media_hosts`."""
        ...
