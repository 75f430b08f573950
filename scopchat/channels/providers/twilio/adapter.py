"""Twilio Programmable Messaging: SMS and MMS over the 2010-04-01 API.

Sources: twilio.com/docs, messaging/api/message-resource (create, errors, statuses), usage/webhooks/webhooks-security
(signature), messaging/guides/webhook-request (inbound), messaging/guides/track-outbound-message-status (receipts).
"""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from scopchat.channels.providers.base import (
    Account,
    AccountCheck,
    Attempt,
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
    ReceiptStatus,
    Refused,
    SendOutcome,
    Sent,
    Unclear,
    Wish,
)
from scopchat.channels.providers.credentials import CredentialField
from scopchat.channels.providers.twilio.errors import reason_of
from scopchat.channels.providers.twilio.signature import check_signature
from scopchat.channels.providers.urlencoded import form_of

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
ACCOUNT_STATUSES: dict[str, AccountCheck] = {
    "active": AccountCheck.WORKS,
    "suspended": AccountCheck.SUSPENDED,
    "closed": AccountCheck.SUSPENDED,
}
NOT_PROCESSED = frozenset({"429", "14107", "20429", "21611"})
"""HTTP status or errors after which Twilio has done nothing, so the same request may be made again, later: too many
requests, or more texts than the number's queue holds."""

KEYWORDS: dict[str, Wish] = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"), Wish.LEAVE),
    **dict.fromkeys(("START", "YES", "UNSTOP"), Wish.RETURN),
    **dict.fromkeys(("HELP", "INFO"), Wish.HELP),
}
"""What Twilio itself heeds and answers on a telephone number; on short codes it leaves that to us."""


# The signature joins names and values without anything between them: a captured callback in which the border of two
# fields was moved has the same one. So every field that decides something must look as Twilio writes it.
SID = re.compile(r"(SM|MM)[0-9a-f]{32}")
ADDRESS = re.compile(r"\+?[0-9]{3,15}|(?=.*[A-Za-z])[A-Za-z0-9 ._&+-]{1,15}")
COUNT = re.compile(r"[0-9]{1,2}")
WORD = re.compile(r"[a-z0-9_-]{1,30}")
CODE = re.compile(r"[0-9]{0,6}")
PLAIN = re.compile(rf"{SID.pattern}\n\+[0-9]{{3,15}}\n\+[0-9]{{3,15}}\n0\n[0-9]")
"""A text without photos between two telephone numbers, as nearly all are: one look instead of five."""


def _shaped(form: dict[str, str], name: str, shape: re.Pattern[str], default: str | None = None) -> str:
    value = form.get(name) or default
    if value is None:
        raise Malformed(f"no {name}")
    if value and not shape.fullmatch(value):
        raise Malformed(f"{name} is not as Twilio writes it")
    return value


def _object(body: bytes) -> dict[str, Any]:
    """The JSON object in an answer; an empty one where there is none."""
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _heeded(form: dict[str, str]) -> Wish | None:
    """What Twilio took the text for: it says so of its advanced opt-out, and the default one has words of its own."""
    if said := form.get("OptOutType"):
        return KEYWORDS.get(said)
    return KEYWORDS.get(form["Body"].strip().upper()) if form.get("To", "").startswith("+") else None


def _basic(account: Account) -> dict[str, str]:
    sid, token = account.credentials.get("account_sid", ""), account.credentials.get("auth_token", "")
    return {"authorization": "Basic " + base64.b64encode(f"{sid}:{token}".encode()).decode()}


def _account_url(account: Account) -> str:
    return f"{account.api_base_url}/2010-04-01/Accounts/{account.credentials.get('account_sid', '')}"


def _messages_url(account: Account) -> str:
    return f"{_account_url(account)}/Messages.json"


class TwilioAdapter:
    kind: ClassVar[str] = "twilio"
    title: ClassVar[str] = "Twilio"
    default_api_base_url: ClassVar[str] = "https://api.twilio.com"
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField("account_sid", "Account SID", shape="AC[0-9a-f]{32}", looks_like="AC + 32 × 0–9, a–f"),
        CredentialField("auth_token", "Auth token", secret=True, shape="[0-9a-f]{32}", looks_like="32 × 0–9, a–f"),
    )
    media_hosts: ClassVar[frozenset[str]] = frozenset({"api.twilio.com"})
    max_photos: ClassVar[int] = 10

    def verify(self, request: HookRequest, account: Account) -> None:
        token = account.credentials.get("auth_token", "")
        check_signature(request, token)
        if request.fields.get("AccountSid") != account.credentials.get("account_sid"):
            raise BadSignature("the AccountSid is missing or another account's")

    def split(self, request: HookRequest) -> tuple[HookRequest, ...]:
        return (request,)

    def parse_inbound(self, request: HookRequest) -> InboundMessage:
        form = request.fields
        if "Body" not in form:
            raise Malformed("no Body")
        plain = [form.get(name, "") for name in ("MessageSid", "From", "To", "NumMedia", "NumSegments")]
        if PLAIN.fullmatch("\n".join(plain)):
            carrier_id, sender, recipient, _no_photos, segments = plain
            return InboundMessage(
                carrier_id,
                sender,
                recipient,
                form["Body"],
                segments=int(segments),
                heeded=_heeded(form),
            )
        media = tuple(
            MediaReference(form.get(f"MediaUrl{n}", ""), form.get(f"MediaContentType{n}", ""))
            for n in range(int(_shaped(form, "NumMedia", COUNT, "0")))
        )
        return InboundMessage(
            carrier_id=_shaped(form, "MessageSid", SID),
            sender=_shaped(form, "From", ADDRESS),
            recipient=_shaped(form, "To", ADDRESS),
            text=form["Body"],
            media=media,
            segments=int(_shaped(form, "NumSegments", COUNT, "1")),
            heeded=_heeded(form),
        )

    def parse_receipt(self, request: HookRequest) -> Receipt:
        form = dict(request.form)
        word = _shaped(form, "MessageStatus", WORD)
        status = STATUSES.get(word, ReceiptStatus.UNKNOWN)
        code = _shaped(form, "ErrorCode", CODE, "")
        return Receipt(
            carrier_id=_shaped(form, "MessageSid", SID),
            sender=_shaped(form, "From", ADDRESS, ""),
            status=status,
            carrier_status=word,
            error_code=code,
            reason=reason_of(code) if status is ReceiptStatus.FAILED else None,
            attempt=Attempt.read(dict(request.query).get("attempt", "")),
        )

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
        content = _object(answer.body)
        if answer.status in {200, 201} and isinstance(content.get("sid"), str):
            segments = str(content.get("num_segments") or "")
            return Sent(content["sid"], int(segments) if segments.isdigit() and segments != "0" else None)
        if 400 <= answer.status < 500 and answer.status != HTTPStatus.REQUEST_TIMEOUT:
            code = str(content.get("code") or answer.status)
            detail = f"HTTP {answer.status}, error {code}"
            return Refused(reason_of(code), code, detail, retryable=bool({code, str(answer.status)} & NOT_PROCESSED))
        return Unclear(f"HTTP {answer.status}")

    def build_lookup(self, message: OutboundMessage, account: Account, sent_after: datetime) -> HttpRequest | None:
        query = {
            "To": message.recipient,
            "From": message.sender,
            "DateSent>": sent_after.date().isoformat(),
            "PageSize": str(LOOKUP_PAGE),
        }
        return HttpRequest("GET", f"{_messages_url(account)}?{urlencode(query)}", _basic(account))

    def parse_lookup(self, answer: HttpAnswer, message: OutboundMessage) -> tuple[Candidate, ...]:
        # Twilio keeps no reference of ours; a text appears in its list some time after it was taken.
        if answer.status != HTTPStatus.OK:
            return ()
        return tuple(
            Candidate(str(listed["sid"]), parsedate_to_datetime(listed["date_created"]))
            for listed in json.loads(answer.body)["messages"]
            if listed["body"] == message.text and listed["direction"] != "inbound"
        )

    def build_check(self, account: Account) -> HttpRequest | None:
        return HttpRequest("GET", f"{_account_url(account)}.json", _basic(account))

    def parse_check(self, answer: HttpAnswer) -> AccountCheck:
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return AccountCheck.BUSY
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            # Wrong credentials, or a suspended account: both are error 20003 (twilio.com/docs/api/errors/20003).
            return AccountCheck.REFUSED
        known = ACCOUNT_STATUSES.get(str(_object(answer.body).get("status")), AccountCheck.UNCLEAR)
        return known if answer.status == HTTPStatus.OK else AccountCheck.UNCLEAR

    def build_media(self, url: str, account: Account) -> HttpRequest:
        allowed = urlsplit(url).hostname in self.media_hosts | {urlsplit(account.api_base_url).hostname}
        return HttpRequest("GET", url, _basic(account) if allowed else {})
