"""Recorded callbacks and answers in, expected values out."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest

from scopchat.channels.providers.base import (
    AccountCheck,
    Attempt,
    BadSignature,
    Candidate,
    FailureReason,
    HookRequest,
    HttpAnswer,
    InboundMessage,
    Malformed,
    MediaReference,
    OutboundMessage,
    Receipt,
    ReceiptStatus,
    Refused,
    Sent,
    Unclear,
    Wish,
)
from scopchat.channels.providers.twilio.adapter import TwilioAdapter
from scopchat.channels.providers.twilio.tests.account import CALLBACK, SID, TOKEN, account

adapter = TwilioAdapter()
ONE = "SM" + "1" * 32
RECORDINGS = Path(__file__).parent.parent / "recordings"
MEDIA = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages/MM11112222333344445555666677778888/Media"


def post(body: bytes, path: str = "/inbound", **headers: str) -> HookRequest:
    return HookRequest("POST", CALLBACK + path, headers, body)


def recorded(name: str) -> bytes:
    return (RECORDINGS / f"{name}.txt").read_bytes().strip()


def test_it_reads_a_recorded_mms() -> None:
    assert adapter.parse_inbound(post(recorded("inbound_mms"))) == InboundMessage(
        carrier_id="MM11112222333344445555666677778888",
        sender="+15145550142",
        recipient="+14385550101",
        text="Voici les photos 📷 été",
        media=(MediaReference(f"{MEDIA}/ME11", "image/jpeg"), MediaReference(f"{MEDIA}/ME22", "image/png")),
        segments=1,
    )


@pytest.mark.parametrize(
    ("to", "body", "opt_out_type", "heeded"),
    [
        ("+14385550101", "Stop", "", Wish.LEAVE),
        ("+14385550101", " REVOKE\n", "", Wish.LEAVE),
        ("+14385550101", "yes", "", Wish.RETURN),
        ("+14385550101", "Info", "", Wish.HELP),
        ("+14385550101", "ARRET", "", None),
        ("+14385550101", "stop it", "", None),
        ("12345", "STOP", "", None),
        ("12345", "ALTO", "STOP", Wish.LEAVE),
        ("+14385550101", "ALTO", "START", Wish.RETURN),
        ("+14385550101", "STOP", "a word of 2027", None),
    ],
)
def test_it_tells_what_twilio_has_heeded_itself(to: str, body: str, opt_out_type: str, heeded: Wish | None) -> None:
    form = {"MessageSid": ONE, "From": "+15145550142", "To": to, "Body": body, "NumMedia": "0", "NumSegments": "1"}
    form |= {"OptOutType": opt_out_type} if opt_out_type else {}
    assert adapter.parse_inbound(post(urlencode(form).encode())).heeded is heeded


def test_it_reads_an_inbound_get() -> None:
    url = f"{CALLBACK}/inbound?MessageSid={ONE}&From=%2B15145550142&To=%2B14385550101&Body=Bonjour"
    assert adapter.parse_inbound(HookRequest("GET", url, {}, b"")).text == "Bonjour"


def test_it_reads_a_recorded_receipt() -> None:
    assert adapter.parse_receipt(post(recorded("receipt_undelivered"), "/status?attempt=12.2.0")) == Receipt(
        carrier_id="SM99990000999900009999000099990000",
        sender="+14385550101",
        status=ReceiptStatus.FAILED,
        carrier_status="undelivered",
        error_code="30003",
        reason=FailureReason.UNREACHABLE,
        attempt=Attempt(12, 2, 0),
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("queued", ReceiptStatus.ACCEPTED),
        ("sent", ReceiptStatus.SENT),
        ("delivered", ReceiptStatus.DELIVERED),
        ("read", ReceiptStatus.DELIVERED),
        ("failed", ReceiptStatus.FAILED),
        ("partially_delivered", ReceiptStatus.UNKNOWN),
        ("a-word-of-2027", ReceiptStatus.UNKNOWN),
    ],
)
def test_it_reads_each_status_word(word: str, status: ReceiptStatus) -> None:
    receipt = adapter.parse_receipt(post(f"MessageSid={ONE}&MessageStatus={word}".encode(), "/status"))
    assert (receipt.status, receipt.carrier_status) == (status, word)


@pytest.mark.parametrize("attempt", ["", "12", "12.x", "-1.1.1", "1.1.64", "9" * 30 + ".1.1", "١.١"])
def test_it_ignores_an_attempt_that_is_not_ours(attempt: str) -> None:
    content = f"MessageSid={ONE}&MessageStatus=sent".encode()
    receipt = adapter.parse_receipt(post(content, f"/status?attempt={attempt}"))
    assert receipt.attempt is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe=1",
        b"From=%2B15145550142&To=%2B14385550101&Body=x",
        f"MessageSid={ONE}&To=%2B14385550101&Body=x".encode(),
        f"MessageSid={ONE}&From=123&To=456&Body=x&NumMedia=many".encode(),
        f"MessageSid={ONE}&From=123&To=456".encode(),
    ],
)
def test_it_calls_an_unreadable_text_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        adapter.parse_inbound(post(body))


@pytest.mark.parametrize("body", [b"", f"MessageSid={ONE}".encode(), b"MessageStatus=sent", b"{}"])
def test_it_calls_an_unreadable_receipt_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        adapter.parse_receipt(post(body, "/status"))


def test_it_asks_for_receipts_of_this_attempt() -> None:
    text = OutboundMessage(Attempt(7, 1, 0), "+14385550101", "+15145550142", "Déjà vu €", ("https://desk.example/p",))
    request = adapter.build_send(text, account())
    assert request.url == f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages.json"
    assert parse_qsl(request.body.decode()) == [
        ("To", "+15145550142"),
        ("From", "+14385550101"),
        ("StatusCallback", f"{CALLBACK}/status?attempt=7.1.0"),
        ("Body", "Déjà vu €"),
        ("MediaUrl", "https://desk.example/p"),
    ]


@pytest.mark.parametrize(
    ("status", "content", "outcome"),
    [
        (201, {"sid": "SM1", "num_segments": "2"}, Sent("SM1", 2)),
        (201, {"sid": "SM1", "num_segments": "0"}, Sent("SM1", None)),
        (400, {"code": 21610}, Refused(FailureReason.OPTED_OUT, "21610", "HTTP 400, error 21610")),
        (400, {"code": 99999}, Refused(FailureReason.OTHER, "99999", "HTTP 400, error 99999")),
        (401, {"code": 20003}, Refused(FailureReason.ACCOUNT, "20003", "HTTP 401, error 20003")),
        (429, {"code": 20429}, Refused(FailureReason.THROTTLED, "20429", "HTTP 429, error 20429", retryable=True)),
        (400, {"code": 21611}, Refused(FailureReason.THROTTLED, "21611", "HTTP 400, error 21611", retryable=True)),
        (429, [], Refused(FailureReason.THROTTLED, "429", "HTTP 429, error 429", retryable=True)),
        (201, {}, Unclear("HTTP 201")),
        (408, {}, Unclear("HTTP 408")),
        (500, {"code": 20500}, Unclear("HTTP 500")),
        (503, "gateway", Unclear("HTTP 503")),
    ],
)
def test_it_says_what_an_answer_means(status: int, content: object, outcome: object) -> None:
    assert adapter.parse_send(HttpAnswer(status, json.dumps(content).encode())) == outcome


def test_it_cannot_tell_from_an_answer_that_is_no_json() -> None:
    assert adapter.parse_send(HttpAnswer(201, b"<html>")) == Unclear("HTTP 201")


def test_it_lists_the_texts_of_these_words_with_their_moments() -> None:
    moment, said = "Mon, 23 Nov 2026 09:00:07 +0000", ("Oui", "Non", "Oui")
    listed = [
        {"sid": f"SM{n}", "body": body, "direction": "outbound-api", "date_created": moment}
        for n, body in enumerate(said)
    ]
    listed[2]["direction"] = "inbound"
    text = OutboundMessage(Attempt(7, 1, 0), "+14385550101", "+15145550142", "Oui")
    answer = HttpAnswer(200, json.dumps({"messages": listed}).encode())
    assert adapter.parse_lookup(answer, text) == (Candidate("SM0", datetime(2026, 11, 23, 9, 0, 7, tzinfo=UTC)),)
    assert adapter.parse_lookup(HttpAnswer(503, b"<html>"), text) == ()


BORDERS = [
    # The signature is over names and values joined: each of these has that of the callback it was made from.
    {"MessageSid": ONE + "NumMedia0", "NumMedia": None},
    {"NumMedia": "0NumSegments1", "NumSegments": None},
    {"From": "+15145550142FromCityMONTREAL", "FromCity": None},
    {"To": "+14385550101ToCity", "ToCity": None},
    {"ApiVersion": "2010-04-01BodyBonjour", "Body": None},
]


@pytest.mark.parametrize("moved", BORDERS)
def test_a_captured_callback_does_not_pass_as_another(moved: dict[str, str | None]) -> None:
    form = {
        "AccountSid": SID, "ApiVersion": "2010-04-01", "Body": "Bonjour", "From": "+15145550142",
        "FromCity": "MONTREAL", "MessageSid": ONE, "NumMedia": "0", "NumSegments": "1", "To": "+14385550101",
        "ToCity": "",
    }  # fmt: skip
    changed = {name: value for name, value in (form | moved).items() if value is not None}
    joined = ["".join(name + value for name, value in sorted(each.items())) for each in (form, changed)]
    assert joined[0] == joined[1]
    adapter.parse_inbound(post(urlencode(form).encode()))
    with pytest.raises(Malformed):
        adapter.parse_inbound(post(urlencode(changed).encode()))


@pytest.mark.parametrize("moved", [{"MessageStatus": "sentToX"}, {"MessageSid": ONE + "x"}, {"ErrorCode": "1From"}])
def test_a_captured_receipt_does_not_pass_as_another(moved: dict[str, str]) -> None:
    form = {"MessageSid": ONE, "MessageStatus": "sent", "ErrorCode": "", "From": "+14385550101", **moved}
    with pytest.raises(Malformed):
        adapter.parse_receipt(post(urlencode(form).encode(), "/status"))


def test_it_looks_up_by_both_numbers_and_the_day() -> None:
    text = OutboundMessage(Attempt(7, 1, 0), "+14385550101", "+15145550142", "Oui")
    request = adapter.build_lookup(text, account(), datetime(2026, 11, 23, 1, tzinfo=UTC))
    assert request is not None
    assert "DateSent%3E=2026-11-23" in request.url


@pytest.mark.parametrize(
    ("url", "carries"),
    [(f"{MEDIA}/ME11", True), ("https://storage.example/ME11", False), ("https://api.twilio.com.evil.example/", False)],
)
def test_it_shows_credentials_to_twilio_alone(url: str, carries: bool) -> None:
    assert ("authorization" in adapter.build_media(url, account()).headers) is carries


def test_it_refuses_callbacks_without_a_token() -> None:
    with pytest.raises(BadSignature):
        adapter.verify(post(b"", **{"x-twilio-signature": ""}), account())
    assert TOKEN  # the account has one: it is the request that lacks a signature


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b'{"status": "active"}', AccountCheck.WORKS),
        (200, b'{"status": "closed"}', AccountCheck.SUSPENDED),
        (200, b'{"status": "new-word"}', AccountCheck.UNCLEAR),
        (200, b"[]", AccountCheck.UNCLEAR),
        (401, b'{"code": 20003}', AccountCheck.REFUSED),
        (403, b"", AccountCheck.REFUSED),
        (404, b"<html>", AccountCheck.UNCLEAR),
        (404, b'{"status": "active"}', AccountCheck.UNCLEAR),
        (429, b"", AccountCheck.BUSY),
        (503, b"<html>", AccountCheck.BUSY),
    ],
)
def test_it_reads_what_the_account_says(status: int, body: bytes, expected: AccountCheck) -> None:
    assert adapter.parse_check(HttpAnswer(status, body)) is expected


def test_it_asks_for_the_account_with_its_credentials() -> None:
    request = adapter.build_check(account())
    assert request is not None
    assert (request.method, request.url) == ("GET", f"https://api.twilio.com/2010-04-01/Accounts/{SID}.json")
    assert request.headers == {"authorization": "Basic " + b64encode(f"{SID}:{TOKEN}".encode()).decode()}
