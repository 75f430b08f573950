"""The simulator's protocol: callbacks and answers in, expected values out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from scopchat.channels.providers.base import (
    Account,
    Attempt,
    BadSignature,
    Candidate,
    Event,
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
    SendOutcome,
    Sent,
    Unclear,
)
from scopchat.channels.providers.simulator.adapter import SIGNATURE_HEADER, SimulatorAdapter, sign

adapter = SimulatorAdapter()
ACCOUNT = Account(
    {"secret": "s3cret"}, "https://desk.example/simulator/carrier/7", "https://desk.example/hooks/simulator/tok"
)
MESSAGE = OutboundMessage(Attempt(12, 1, 0), "+14385550101", "+15145550142", "Bonjour ê", ("https://x.example/1",))
INBOUND = {"id": "sim-1", "from": "+15145550142", "to": "+14385550101", "text": "Allô", "media_urls": []}
STATUS = {"id": "sim-1", "from": "+14385550101", "to": "+15145550142", "status": "delivered"}


def callback(content: object, **headers: str) -> HookRequest:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HookRequest("POST", f"{ACCOUNT.callback_url}/inbound", headers, body)


def without(content: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key != name}


def test_it_takes_what_the_carrier_signed() -> None:
    request = callback(INBOUND)
    adapter.verify(callback(INBOUND, **{SIGNATURE_HEADER: sign(request.body, "s3cret")}), ACCOUNT)


@pytest.mark.parametrize(
    "signature", ["", "0" * 64, sign(json.dumps(INBOUND).encode(), "other"), sign(b"{}", "s3cret"), "é"]
)
def test_it_refuses_what_the_carrier_did_not_sign(signature: str) -> None:
    with pytest.raises(BadSignature):
        adapter.verify(callback(INBOUND, **{SIGNATURE_HEADER: signature}), ACCOUNT)


@pytest.mark.parametrize("credentials", [{}, {"secret": ""}])
def test_it_refuses_everything_while_no_secret_is_set(credentials: dict[str, str]) -> None:
    bare = Account(credentials, ACCOUNT.api_base_url, ACCOUNT.callback_url)
    request = callback(INBOUND, **{SIGNATURE_HEADER: sign(callback(INBOUND).body, "")})
    with pytest.raises(BadSignature):
        adapter.verify(request, bare)


def test_it_reads_a_text_with_photos() -> None:
    content = {**INBOUND, "media_urls": ["https://x.example/1", "https://x.example/2"]}
    media = (MediaReference("https://x.example/1", ""), MediaReference("https://x.example/2", ""))
    text = InboundMessage("sim-1", "+15145550142", "+14385550101", "Allô", media)
    assert adapter.parse_inbound(callback(content)) == text


def test_a_text_may_be_empty_and_without_a_list_of_photos() -> None:
    assert adapter.parse_inbound(callback({**without(INBOUND, "media_urls"), "text": ""})).text == ""


MALFORMED = [b"", b"\xff", b"not json", [], "text", None, {}]


@pytest.mark.parametrize(
    "content",
    [*MALFORMED, *(without(INBOUND, name) for name in ("id", "from", "to", "text")),
     {**INBOUND, "id": ""}, {**INBOUND, "id": 7}, {**INBOUND, "text": None}, {**INBOUND, "media_urls": "x"}],
)  # fmt: skip
def test_it_says_malformed_of_a_text_it_cannot_read(content: object) -> None:
    with pytest.raises(Malformed):
        adapter.parse_inbound(callback(content))


@pytest.mark.parametrize("content", [*MALFORMED, *(without(STATUS, name) for name in ("id", "status"))])
def test_it_says_malformed_of_a_receipt_it_cannot_read(content: object) -> None:
    with pytest.raises(Malformed):
        adapter.parse_receipt(callback(content))


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("accepted", ReceiptStatus.ACCEPTED),
        ("sent", ReceiptStatus.SENT),
        ("delivered", ReceiptStatus.DELIVERED),
        ("a-new-word", ReceiptStatus.UNKNOWN),
        ("unknown", ReceiptStatus.UNKNOWN),
    ],
)
def test_it_reads_what_a_receipt_says_and_keeps_its_word(word: str, status: ReceiptStatus) -> None:
    receipt = adapter.parse_receipt(callback({**STATUS, "status": word}))
    assert receipt == Receipt("sim-1", "+14385550101", status, word)


def test_a_list_is_as_many_callbacks() -> None:
    parts = adapter.split(callback([STATUS, {**STATUS, "id": "sim-2"}]))
    assert [adapter.parse_receipt(part).carrier_id for part in parts] == ["sim-1", "sim-2"]
    assert adapter.split(callback(STATUS)) == (callback(STATUS),)


def test_a_receipt_may_name_our_attempt_and_no_number() -> None:
    receipt = adapter.parse_receipt(callback({**without(STATUS, "from"), "reference": "12.1.63"}))
    assert (receipt.sender, receipt.attempt) == ("", Attempt(12, 1, 63))


def test_a_failure_has_a_reason_and_the_carriers_code() -> None:
    receipt = adapter.parse_receipt(callback({**STATUS, "status": "failed", "code": 30003}))
    assert (receipt.status, receipt.reason, receipt.error_code) == (
        ReceiptStatus.FAILED, FailureReason.UNREACHABLE, "30003",
    )  # fmt: skip


@pytest.mark.parametrize("event", Event)
def test_it_answers_without_content(event: Event) -> None:
    assert (adapter.answer(event).status, adapter.answer(event).body) == (204, b"")


def test_it_writes_the_request_that_hands_a_text_over() -> None:
    request = adapter.build_send(MESSAGE, ACCOUNT)
    assert (request.method, request.url) == ("POST", "https://desk.example/simulator/carrier/7/tok/messages")
    assert request.headers["authorization"] == "Bearer s3cret"
    assert json.loads(request.body) == {
        "reference": "12.1.0", "from": "+14385550101", "to": "+15145550142", "text": "Bonjour ê",
        "media_urls": ["https://x.example/1"],
    }  # fmt: skip


SENT, LOST = Sent("sim-9"), Unclear("HTTP 504")
ANSWERS: list[tuple[int, bytes, SendOutcome]] = [
    (201, b'{"id": "sim-9"}', SENT),
    (200, b'{"id": "sim-9"}', SENT),
    (401, b"", Refused(FailureReason.ACCOUNT, "401", "HTTP 401")),
    (404, b"", Refused(FailureReason.ACCOUNT, "404", "HTTP 404")),
    (422, b"{}", Refused(FailureReason.UNREACHABLE, "refused", "refused by the simulator")),
    (504, b'{"error": "no answer"}', LOST),
    (500, b'{"id": "sim-9"}', Unclear("HTTP 500")),
    (201, b"", Unclear("HTTP 201")),
    (201, b"[]", Unclear("HTTP 201")),
    (201, b"null", Unclear("HTTP 201")),
    (201, b'{"id": null}', Unclear("HTTP 201")),
    (201, b'{"id": ""}', Unclear("HTTP 201")),
    (201, b"\xff", Unclear("HTTP 201")),
]


@pytest.mark.parametrize(("status", "body", "outcome"), ANSWERS)
def test_it_reads_every_answer_and_claims_no_more_than_it_says(status: int, body: bytes, outcome: SendOutcome) -> None:
    assert adapter.parse_send(HttpAnswer(status, body)) == outcome


def test_it_asks_for_a_text_by_its_attempt() -> None:
    request = adapter.build_lookup(MESSAGE, ACCOUNT, datetime(2026, 11, 23, tzinfo=UTC))
    assert request is not None
    assert (request.method, request.url.rpartition("/")[2]) == ("GET", "12.1.0")


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [(200, b'{"id": "sim-9"}', (Candidate("sim-9", None),)), (404, b"{}", ()), (500, b"", ())],
)
def test_a_text_that_is_not_found_may_still_come(status: int, body: bytes, found: tuple[Candidate, ...]) -> None:
    assert adapter.parse_lookup(HttpAnswer(status, body), MESSAGE) == found


def test_credentials_do_not_leave_with_a_request_for_a_photo() -> None:
    assert adapter.build_media("https://x.example/1", ACCOUNT).headers == {}
