"""The simulator's own protocol: JSON over HTTP, callbacks signed with HMAC-SHA256.

It is a carrier like any other to the rest of the product; what stands behind its API is `carrier.py`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from scopchat.channels.providers.base import (
    Account,
    AccountCheck,
    Attempt,
    BadSignature,
    Candidate,
    Event,
    FailureReason,
    HookAnswer,
    HookRequest,
    HttpAnswer,
    HttpRequest,
    InboundMessage,
    Malformed,
    MediaReference,
    OutboundMessage,
    Receipt,
    ReceiptStatus,
    Refused,
    SendOutcome,
    Sent,
    Unclear,
)
from scopchat.channels.providers.credentials import CredentialField

SIGNATURE_HEADER = "x-simulator-signature"


def sign(body: bytes, secret: str) -> str:
    """The signature of a callback's body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _json(request: HookRequest) -> Any:
    try:
        return json.loads(request.body)
    except ValueError:
        raise Malformed("the body is not JSON") from None


def _read(request: HookRequest) -> dict[str, Any]:
    content = _json(request)
    if not isinstance(content, dict):
        raise Malformed("the body is not an object")
    return content


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(f"no {name}")
    return value


def _account_url(account: Account) -> str:
    """The API has one address per account, known by the same token as the hooks."""
    return f"{account.api_base_url}/{account.callback_url.rpartition('/')[2]}"


def _endpoint(account: Account) -> str:
    return f"{_account_url(account)}/messages"


def _headers(account: Account) -> dict[str, str]:
    return {
        "authorization": f"Bearer {account.credentials.get('secret', '')}",
        "content-type": "application/json",
    }


class SimulatorAdapter:
    kind: ClassVar[str] = "simulator"
    title: ClassVar[str] = "Simulator"
    default_api_base_url: ClassVar[str] = "{public_url}/simulator/carrier/{company_id}"
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (CredentialField("secret", "Secret", secret=True),)
    media_hosts: ClassVar[frozenset[str]] = frozenset()
    max_photos: ClassVar[int] = 10

    def verify(self, request: HookRequest, account: Account) -> None:
        secret = account.credentials.get("secret", "")
        given = request.headers.get(SIGNATURE_HEADER, "")
        if not secret or not hmac.compare_digest(given.encode(), sign(request.body, secret).encode()):
            raise BadSignature("the signature does not match")

    def split(self, request: HookRequest) -> tuple[HookRequest, ...]:
        content = _json(request)
        if not isinstance(content, list):
            return (request,)
        return tuple(replace(request, body=json.dumps(one).encode()) for one in content)

    def parse_inbound(self, request: HookRequest) -> InboundMessage:
        content = _read(request)
        media = content.get("media_urls", [])
        if not isinstance(media, list) or not isinstance(content.get("text"), str):
            raise Malformed("no text or no list of media_urls")
        return InboundMessage(
            carrier_id=_text(content, "id"),
            sender=_text(content, "from"),
            recipient=_text(content, "to"),
            text=content["text"],
            media=tuple(MediaReference(str(url), "") for url in media),
        )

    def parse_receipt(self, request: HookRequest) -> Receipt:
        content = _read(request)
        word = _text(content, "status")
        status = ReceiptStatus(word) if word in ReceiptStatus.values else ReceiptStatus.UNKNOWN
        failed = status is ReceiptStatus.FAILED
        return Receipt(
            carrier_id=_text(content, "id"),
            sender=str(content.get("from", "")),
            status=status,
            carrier_status=word,
            error_code=str(content.get("code", "")) if failed else "",
            reason=FailureReason.UNREACHABLE if failed else None,
            attempt=Attempt.read(str(content.get("reference", ""))),
        )

    def answer(self, event: Event) -> HookAnswer:  # noqa: ARG002
        return HookAnswer(status=204)

    def build_send(self, message: OutboundMessage, account: Account) -> HttpRequest:
        content = {
            "reference": str(message.attempt),
            "from": message.sender,
            "to": message.recipient,
            "text": message.text,
            "media_urls": list(message.media_urls),
        }
        return HttpRequest("POST", _endpoint(account), _headers(account), json.dumps(content).encode())

    def parse_send(self, answer: HttpAnswer) -> SendOutcome:
        if answer.status in {401, 404}:
            return Refused(FailureReason.ACCOUNT, str(answer.status), f"HTTP {answer.status}")
        if answer.status == 422:
            return Refused(FailureReason.UNREACHABLE, "refused", "refused by the simulator")
        try:
            carrier_id = json.loads(answer.body)["id"]
        except (ValueError, KeyError, TypeError):
            carrier_id = None
        taken = answer.status in {200, 201} and isinstance(carrier_id, str) and carrier_id
        return Sent(carrier_id) if taken else Unclear(f"HTTP {answer.status}")

    def build_lookup(self, message: OutboundMessage, account: Account, sent_after: datetime) -> HttpRequest | None:  # noqa: ARG002
        return HttpRequest("GET", f"{_endpoint(account)}/{message.attempt}", _headers(account))

    def parse_lookup(self, answer: HttpAnswer, message: OutboundMessage) -> tuple[Candidate, ...]:  # noqa: ARG002
        outcome = self.parse_send(answer)
        return (Candidate(outcome.carrier_id, None),) if isinstance(outcome, Sent) else ()

    def build_check(self, account: Account) -> HttpRequest | None:
        return HttpRequest("GET", _account_url(account), _headers(account))

    def parse_check(self, answer: HttpAnswer) -> AccountCheck:
        if answer.status == 401:
            return AccountCheck.REFUSED
        return AccountCheck.WORKS if answer.status == 204 else AccountCheck.UNCLEAR

    def build_media(self, url: str, account: Account) -> HttpRequest:  # noqa: ARG002
        return HttpRequest("GET", url)
