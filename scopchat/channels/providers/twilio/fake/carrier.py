"""A Twilio that runs here, for tests and load: takes texts, remembers them, refuses as Twilio's test credentials do.

What it answers is checked by Twilio's own SDK as its client, and what our adapter asks by Twilio's own API description
(the tests beside this folder).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from scopchat.common.gsm import measure

MAX_BODY_CHARACTERS = 1600
MAX_MEDIA = 10
MAGIC_FROM = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
MAGIC_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
"""Numbers that always fail, and how (Twilio, "Test credentials")."""
WORDS = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21211: "Invalid 'To' Phone Number",
    21212: "Invalid 'From' Phone Number",
    21408: "Permission to send an SMS has not been enabled for the region",
    21602: "Message body is required",
    21603: "A 'From' phone number is required",
    21604: "A 'To' phone number is required",
    21606: "The 'From' phone number is not a valid, message-capable number",
    21610: "Attempt to send to unsubscribed recipient",
    21611: "This 'From' number has exceeded the maximum number of queued messages",
    21612: "The 'To' phone number is not currently reachable",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21623: "Number of media files exceeds allowed limit",
}
STATUS_OF = {20003: 401, 20404: 404, 20429: 429}


class Refusal(Exception):
    """Twilio says no, with one of its codes."""

    def __init__(self, code: int) -> None:
        super().__init__(WORDS[code])
        self.code = code
        self.status = STATUS_OF.get(code, 400)

    def content(self) -> dict[str, Any]:
        """The body of the answer."""
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": str(self), "more_info": more, "status": self.status}


@dataclass(slots=True)
class Text:
    """One message the fake carries."""

    account_sid: str
    sender: str
    recipient: str
    body: str
    media: tuple[str, ...]
    callback: str
    sid: str = field(default_factory=lambda: f"SM{uuid.uuid4().hex}")
    status: str = "queued"
    error_code: int | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def content(self) -> dict[str, Any]:
        """The message resource (twilio.com/docs, messaging/api/message-resource)."""
        uri = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{self.sid}"
        moment = format_datetime(self.created)
        return {
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": moment,
            "date_sent": None if self.status == "queued" else moment,
            "date_updated": moment,
            "direction": "outbound-api",
            "error_code": self.error_code,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": str(len(self.media)),
            "num_segments": str(measure(self.body).segments),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.recipient,
            "uri": f"{uri}.json",
        }


@dataclass(slots=True)
class TwilioFake:
    """The state of one account."""

    account_sid: str
    auth_token: str
    texts: dict[str, Text] = field(default_factory=dict)
    opted_out: set[tuple[str, str]] = field(default_factory=set)
    """Pairs of sender and recipient that Twilio blocks."""
    status: str = "active"

    def content(self) -> dict[str, Any]:
        """The account resource (twilio.com/docs, iam/api/account)."""
        uri = f"/2010-04-01/Accounts/{self.account_sid}"
        moment = format_datetime(datetime(2026, 1, 1, tzinfo=UTC))
        return {
            "auth_token": self.auth_token,
            "date_created": moment,
            "date_updated": moment,
            "friendly_name": "Desk",
            "owner_account_sid": self.account_sid,
            "sid": self.account_sid,
            "status": self.status,
            "subresource_uris": {"messages": f"{uri}/Messages.json"},
            "type": "Full",
            "uri": f"{uri}.json",
        }

    def create(self, form: list[tuple[str, str]]) -> Text:
        """Takes a message. Raises `Refusal` as Twilio would."""
        values = dict(form)
        media = tuple(value for name, value in form if name == "MediaUrl")
        text = Text(
            self.account_sid,
            values.get("From", ""),
            values.get("To", ""),
            values.get("Body", ""),
            media,
            values.get("StatusCallback", ""),
        )
        code = self._refusal(text)
        if code:
            raise Refusal(code)
        self.texts[text.sid] = text
        return text

    def _refusal(self, text: Text) -> int | None:
        checks = (
            (not text.recipient, 21604),
            (not text.sender, 21603),
            (not text.body and not text.media, 21602),
            (len(text.body) > MAX_BODY_CHARACTERS, 21617),
            (len(text.media) > MAX_MEDIA, 21623),
            ((text.sender, text.recipient) in self.opted_out, 21610),
        )
        return next((code for wrong, code in checks if wrong), None) or MAGIC_FROM.get(
            text.sender, MAGIC_TO.get(text.recipient)
        )

    def heed(self, *, customer: str, number: str, body: str) -> None:
        """Its default opt-out, of telephone numbers and not of short codes (docs: messaging, default opt-out)."""
        word = body.strip().lower()
        out = ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout")
        if number.startswith("+") and word in out:
            self.opted_out.add((number, customer))
        elif word in {"start", "yes", "unstop"}:
            self.opted_out.discard((number, customer))

    def listed(self, *, to: str = "", sender: str = "") -> list[Text]:
        """Messages newest first, filtered as the list resource does."""
        found = [t for t in self.texts.values() if to in {"", t.recipient} and sender in {"", t.sender}]
        return found[::-1]
