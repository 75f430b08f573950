"""Whatever a carrier says, what reaches the rest of the product can be stored and shown."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scopchat.channels.providers.base import (
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
)
from scopchat.channels.providers.cleaning import CleanAdapter, stored_id
from scopchat.channels.providers.simulator.adapter import SimulatorAdapter

REQUEST = HookRequest("POST", "https://desk.example/hooks/x", {}, b"")
ANSWER = HttpAnswer(200, b"")
anything = st.text(st.characters(), max_size=400)


class Says(SimulatorAdapter):
    """A carrier that says what it is told to, or raises it."""

    def __init__(self, what: Any) -> None:
        self.what = what

    def _say(self) -> Any:
        if isinstance(self.what, Exception):
            raise self.what
        return self.what

    def parse_inbound(self, request: HookRequest) -> Any:
        return self._say()

    def parse_receipt(self, request: HookRequest) -> Any:
        return self._say()

    def parse_send(self, answer: HttpAnswer) -> Any:
        return self._say()

    def parse_lookup(self, answer: HttpAnswer, message: OutboundMessage) -> Any:
        return (self._say(),)


def storable(value: object) -> bool:
    """Whether PostgreSQL can hold all texts in the value."""
    if isinstance(value, str):
        return "\0" not in value and value == value.encode(errors="replace").decode()
    if dataclasses.is_dataclass(value):
        return all(storable(getattr(value, field.name)) for field in dataclasses.fields(value))
    return not isinstance(value, tuple) or all(map(storable, value))


@given(anything, st.integers(), anything, anything)
def test_every_outcome_of_sending_can_be_kept(carrier_id: str, segments: int, code: str, detail: str) -> None:
    for outcome in (Sent(carrier_id, segments), Refused(FailureReason.OTHER, code, detail), Unclear(detail)):
        found = CleanAdapter(Says(outcome)).parse_send(ANSWER)
        assert storable(found)
        if isinstance(found, Sent):
            assert len(found.carrier_id) <= 80
            assert found.segments is None or 1 <= found.segments <= 100
        if isinstance(found, Refused):
            assert (len(found.code) <= 20, len(found.detail) <= 300) == (True, True)


@given(anything, anything, anything, anything, st.integers())
def test_every_text_that_is_taken_can_be_kept(
    carrier_id: str, address: str, text: str, url: str, segments: int
) -> None:
    message = InboundMessage(carrier_id, address, address, text, (MediaReference(url, url),) * 12, segments)
    try:
        found = CleanAdapter(Says(message)).parse_inbound(REQUEST)
    except Malformed:
        return
    assert storable(found)
    assert (found.carrier_id, found.sender) == (carrier_id, address)
    assert len(found.media) == 10


@given(anything, anything, anything)
def test_every_receipt_that_is_taken_can_be_kept(carrier_id: str, word: str, code: str) -> None:
    receipt = Receipt(carrier_id, "+15145550100", ReceiptStatus.UNKNOWN, word, code)
    try:
        found = CleanAdapter(Says(receipt)).parse_receipt(REQUEST)
    except Malformed:
        return
    assert storable(found)
    assert len(f"{found.carrier_id}:{found.carrier_status}") <= 120


@pytest.mark.parametrize(
    "error", [KeyError("x"), RecursionError(), TypeError(), UnicodeDecodeError("x", b"", 0, 1, "")]
)
def test_an_adapter_that_stumbles_is_no_more_than_a_carrier_that_cannot_be_read(error: Exception) -> None:
    adapter = CleanAdapter(Says(error))
    with pytest.raises(Malformed):
        adapter.parse_inbound(REQUEST)
    with pytest.raises(Malformed):
        adapter.parse_receipt(REQUEST)
    assert isinstance(adapter.parse_send(ANSWER), Unclear)
    assert adapter.parse_lookup(ANSWER, None) == ()  # type: ignore[arg-type]


def test_an_id_that_cannot_be_kept_has_a_stand_in_of_its_own() -> None:
    odd = ["a\0", "b\0", "x" * 81, "x" * 82, "\ud800"]
    assert len({stored_id(one) for one in odd}) == 5
    assert {len(stored_id(one)) for one in odd} == {65}
    found = CleanAdapter(Says(Candidate("a\0", datetime(2026, 11, 23, tzinfo=UTC)))).parse_lookup(ANSWER, None)  # type: ignore[arg-type]
    assert found[0].carrier_id == stored_id("a\0")
