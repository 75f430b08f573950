"""Twilio Programmable Messaging: SMS and MMS over the 2010-04-01 API.

Sources: twilio.com/docs, messaging/api/message-resource (create, errors, statuses), usage/webhooks/webhooks-security
(signature), messaging/guides/webhook-request (inbound), messaging/guides/track-outbound-message-status (receipts).
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import urlencode, urlsplit

from scopchat.channels.providers.base import (
    Account,
    Attempt,
    BadSignature,
    CredentialField,
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
    ReceiptStatus,
    Refused,
    SendOutcome,
    Sent,
    Unclear,
)
from scopchat.channels.providers.twilio.errors import reason_of
from scopchat.channels.providers.twilio.signature import check_signature
from scopchat.channels.providers.urlencoded import form_of

MAX_MEDIA = 10
LOOKUP_PAGE = 100

STATUSES: dict[str, ReceiptStatus] = {
    "accepted": ReceiptStatus.ACCEPTED,
    "scheduled": ReceiptStatus.ACCEPTED,
    "queued": ReceiptStatus.ACCEPTED,
    "sending": ReceiptStatus.ACCEPTED,
    "sent": ReceiptStatus.SENT,
    "delivered": ReceiptStatus.DELIVERED,
    "read": ReceiptStatus.DELIVERED,
    "undelivered": ReceiptStatus.FAILED,
    "failed": ReceiptStatus.FAILED,
    "canceled": ReceiptStatus.FAILED,
}
NOT_PROCESSED = frozenset({429})
"""HTTP answers after which Twilio has done nothing, so the same request may be made again (docs, error 20429)."""


def _field(form: dict[str, str], name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise Malformed(f"no {name}")
    return value


def _basic(account: Account) -> dict[str, str]:
    sid, token = account.credentials.get("account_sid", ""), account.credentials.get("auth_token", "")
    return {"authorization": "Basic " + base64.b64encode(f"{sid}:{token}".encode()).decode()}


def _messages_url(account: Account) -> str:
    return f"{account.api_base_url}/2010-04-01/Accounts/{account.credentials.get('account_sid', '')}/Messages.json"


class TwilioAdapter:
    kind: ClassVar[str] = "twilio"
    title: ClassVar[str] = "Twilio"
    default_api_base_url: ClassVar[str] = "https://api.twilio.com"
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField("account_sid", "Account SID"),
        CredentialField("auth_token", "Auth token", secret=True),
    )
    media_hosts: ClassVar[frozenset[str]] = frozenset({"api.twilio.com"})

    def verify(self, request: HookRequest, account: Account) -> None:
        token = account.credentials.get("auth_token", "")
        check_signature(request, token)
        if request.fields.get("AccountSid") != account.credentials.get("account_sid"):
            raise BadSignature("the AccountSid is missing or another account's")

    def parse_inbound(self, request: HookRequest) -> tuple[InboundMessage, ...]:
        form = request.fields
        try:
            count, segments = int(form.get("NumMedia") or 0), int(form.get("NumSegments") or 1)
        except ValueError:
            raise Malformed("NumMedia or NumSegments is no number") from None
        if not 0 <= count <= MAX_MEDIA:
            raise Malformed("NumMedia is out of range")
        media = tuple(
            MediaReference(_field(form, f"MediaUrl{n}"), form.get(f"MediaContentType{n}", "")) for n in range(count)
        )
        message = InboundMessage(
            carrier_id=_field(form, "MessageSid"),
            sender=_field(form, "From"),
            recipient=_field(form, "To"),
            text=form.get("Body", ""),
            media=media,
            segments=max(1, min(segments, 100)),
        )
        return (message,)

    def parse_receipts(self, request: HookRequest) -> tuple[Receipt, ...]:
        form = dict(request.form)
        word = _field(form, "MessageStatus")
        status = STATUSES.get(word, ReceiptStatus.UNKNOWN)
        code = form.get("ErrorCode", "")
        receipt = Receipt(
            carrier_id=_field(form, "MessageSid"),
            sender=form.get("From", ""),
            status=status,
            carrier_status=word,
            error_code=code,
            reason=reason_of(code) if status is ReceiptStatus.FAILED else None,
            attempt=Attempt.read(dict(request.query).get("attempt", "")),
        )
        return (receipt,)

    def answer(self, event: Event) -> HookAnswer:
        if event is Event.STATUS:
            return HookAnswer(status=204)
        return HookAnswer(content_type="text/xml", body=b'<?xml version="1.0" encoding="UTF-8"?><Response/>')

    def build_send(self, message: OutboundMessage, account: Account) -> HttpRequest:
        form = [
            ("To", message.recipient),
            ("From", message.sender),
            ("StatusCallback", f"{account.callback_url}/status?attempt={message.attempt}"),
        ]
        if message.text:
            form.append(("Body", message.text))
        form += [("MediaUrl", url) for url in message.media_urls]
        headers = {**_basic(account), "content-type": "application/x-www-form-urlencoded"}
        return HttpRequest("POST", _messages_url(account), headers, form_of(form))

    def parse_send(self, answer: HttpAnswer) -> SendOutcome:
        try:
            content = json.loads(answer.body)
        except ValueError:
            content = {}
        if not isinstance(content, dict):
            content = {}
        if answer.status in {200, 201} and isinstance(content.get("sid"), str):
            segments = str(content.get("num_segments") or "")
            return Sent(content["sid"], int(segments) if segments.isdigit() and segments != "0" else None)
        if 400 <= answer.status < 500 and answer.status != HTTPStatus.REQUEST_TIMEOUT:
            code = str(content.get("code") or answer.status)
            detail = f"HTTP {answer.status}, error {code}"
            return Refused(reason_of(code), code, detail, retryable=answer.status in NOT_PROCESSED or code == "20429")
        return Unclear(f"HTTP {answer.status}")

    def build_lookup(self, message: OutboundMessage, account: Account, sent_after: datetime) -> HttpRequest | None:
        query = {
            "To": message.recipient,
            "From": message.sender,
            "DateSent>": sent_after.date().isoformat(),
            "PageSize": str(LOOKUP_PAGE),
        }
        return HttpRequest("GET", f"{_messages_url(account)}?{urlencode(query)}", _basic(account))

    def parse_lookup(self, answer: HttpAnswer, message: OutboundMessage) -> SendOutcome:
        # Twilio keeps no reference of ours, so only one text of these words to this number in the window is proof;
        # absence is none, as a message appears in the list some time after it was taken.
        try:
            listed = json.loads(answer.body)["messages"]
            same = [m for m in listed if m["body"] == message.text and m["direction"] != "inbound"]
        except (ValueError, KeyError, TypeError):
            return Unclear(f"HTTP {answer.status}")
        if answer.status == 200 and len(same) == 1:
            return Sent(str(same[0]["sid"]))
        return Unclear(f"{len(same)} messages of these words")

    def build_media(self, url: str, account: Account) -> HttpRequest:
        allowed = urlsplit(url).hostname in self.media_hosts | {urlsplit(account.api_base_url).hostname}
        return HttpRequest("GET", url, _basic(account) if allowed else {})
