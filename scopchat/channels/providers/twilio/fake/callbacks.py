"""The callbacks Twilio would make: signed forms, for the sender of choice (a test, a benchmark) to post."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from scopchat.channels.providers.twilio.fake.carrier import Text, TwilioFake


@dataclass(frozen=True, slots=True)
class Callback:
    """One POST."""

    url: str
    headers: dict[str, str]
    body: bytes


def signed(carrier: TwilioFake, url: str, form: dict[str, str]) -> Callback:
    """The form as Twilio posts it. The tests check this signature against the SDK's."""
    text = url + "".join(name + value for name, value in sorted(form.items()))
    digest = hmac.new(carrier.auth_token.encode(), text.encode(), hashlib.sha1).digest()
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": base64.b64encode(digest).decode(),
    }
    return Callback(url, headers, urlencode(form).encode())


def inbound(carrier: TwilioFake, url: str, *, sender: str, recipient: str, body: str, sid: str = "") -> Callback:
    """A customer's text, with the fields Twilio sends whether or not they are empty."""
    sid = sid or f"SM{uuid.uuid4().hex}"
    carrier.heed(customer=sender, number=recipient, body=body)
    form = {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "AccountSid": carrier.account_sid,
        "From": sender,
        "To": recipient,
        "Body": body,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        "FromCity": "",
        "FromState": "QC",
        "FromZip": "",
        "FromCountry": "CA",
        "ToCity": "",
        "ToState": "QC",
        "ToZip": "",
        "ToCountry": "CA",
    }
    return signed(carrier, url, form)


def receipt(carrier: TwilioFake, text: Text, status: str, *, error_code: int | None = None) -> Callback:
    """A delivery report on a text the fake has taken."""
    form = {
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "AccountSid": carrier.account_sid,
        "From": text.sender,
        "To": text.recipient,
        "ApiVersion": "2010-04-01",
    }
    if error_code is not None:
        form["ErrorCode"] = str(error_code)
    return signed(carrier, text.callback, form)
