"""Events over NOTIFY: the same on the other side, and never larger than PostgreSQL takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scopchat.events.catalogue import (
    AccessChanged,
    Event,
    InteractionChange,
    InteractionsChanged,
    Part,
    PresenceChanged,
    SimulatorChanged,
)
from scopchat.events.wire import decode, encode

MAX_ID = 2**63 - 1
MAX_PAYLOAD_BYTES = 7_999
"""Bytes: "less than 8000" (PostgreSQL, NOTIFY)."""
IDS = st.integers(1, MAX_ID)
CHANGES = st.builds(InteractionChange, IDS, IDS, IDS | st.none(), IDS | st.none(), IDS | st.none())
PRESENCES = st.tuples(IDS, st.sampled_from(["online", "busy", "away", "offline"]))
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(SimulatorChanged, IDS),
    st.builds(AccessChanged, st.lists(IDS, min_size=1, max_size=800).map(tuple)),
    st.builds(PresenceChanged, IDS, st.lists(PRESENCES, min_size=1, max_size=500).map(tuple)),
    st.builds(InteractionsChanged, IDS, st.lists(CHANGES, min_size=1, max_size=200).map(tuple), st.sampled_from(Part)),
)


def rejoined(events: list[Event]) -> Event:
    """What the parts say together."""
    first = events[0]
    if isinstance(first, SimulatorChanged):
        return first
    if isinstance(first, AccessChanged):
        return AccessChanged(tuple(person for event in events for person in event.people))  # type: ignore[union-attr]
    if isinstance(first, PresenceChanged):
        assert {event.company_id for event in events} == {first.company_id}  # type: ignore[union-attr]
        return PresenceChanged(first.company_id, tuple(one for event in events for one in event.people))  # type: ignore[union-attr]
    parts = [event for event in events if isinstance(event, InteractionsChanged)]
    assert {(part.company_id, part.part) for part in parts} == {(first.company_id, first.part)}
    changes = tuple(change for part in parts for change in part.changes)
    return InteractionsChanged(first.company_id, changes, first.part)


@given(EVENTS)
def test_it_arrives_as_it_left_in_payloads_that_fit(event: Event) -> None:
    payloads = list(encode(event))
    assert max(len(payload.encode()) for payload in payloads) <= MAX_PAYLOAD_BYTES
    assert rejoined([decode(payload) for payload in payloads]) == event


def test_a_hundred_and_twenty_of_the_largest_changes_fit() -> None:
    change = InteractionChange(MAX_ID, MAX_ID, MAX_ID, MAX_ID, MAX_ID)
    payloads = list(encode(InteractionsChanged(MAX_ID, (change,) * 120)))
    assert len(payloads) == 2
    assert max(map(len, payloads)) <= MAX_PAYLOAD_BYTES


def test_two_hundred_of_the_largest_presences_fit() -> None:
    payloads = list(encode(PresenceChanged(MAX_ID, ((MAX_ID, "offline"),) * 200)))
    assert len(payloads) == 1
    assert len(payloads[0]) <= MAX_PAYLOAD_BYTES


def test_nothing_changed_is_nothing_said() -> None:
    assert list(encode(InteractionsChanged(1, ()))) == []
