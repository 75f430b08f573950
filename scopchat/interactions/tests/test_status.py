"""Both ladders, every pair."""

from __future__ import annotations

from itertools import product

import pytest

from scopchat.interactions.status import (
    INTERACTION_MOVES,
    RUNG,
    InteractionStatus,
    MessageStatus,
    Verb,
    climbs,
)

WAITING, OPEN, PAUSED, CLOSED = InteractionStatus
RECEIVED, QUEUED, UNKNOWN, SENT, DELIVERED, FAILED = MessageStatus

ALLOWED = {
    (Verb.RECEIVE, WAITING): WAITING,
    (Verb.RECEIVE, OPEN): WAITING,
    (Verb.RECEIVE, PAUSED): WAITING,
    (Verb.REPLY, WAITING): OPEN,
    (Verb.REPLY, OPEN): OPEN,
    (Verb.REPLY, PAUSED): OPEN,
    (Verb.ACKNOWLEDGE, WAITING): OPEN,
    (Verb.PAUSE, WAITING): PAUSED,
    (Verb.PAUSE, OPEN): PAUSED,
    (Verb.RESUME, PAUSED): OPEN,
    (Verb.WAKE, PAUSED): WAITING,
    (Verb.ENQUEUE, WAITING): WAITING,
    (Verb.ENQUEUE, OPEN): WAITING,
    (Verb.ENQUEUE, PAUSED): WAITING,
    (Verb.CLOSE, WAITING): CLOSED,
    (Verb.CLOSE, OPEN): CLOSED,
    (Verb.CLOSE, PAUSED): CLOSED,
    (Verb.REOPEN, CLOSED): OPEN,
}
CLIMBING = {
    (QUEUED, UNKNOWN), (QUEUED, SENT), (QUEUED, DELIVERED), (QUEUED, FAILED),
    (UNKNOWN, SENT), (UNKNOWN, DELIVERED), (UNKNOWN, FAILED),
    (SENT, DELIVERED), (SENT, FAILED),
}  # fmt: skip


@pytest.mark.parametrize(("verb", "status"), list(product(Verb, InteractionStatus)))
def test_each_verb_leads_from_each_status_where_it_should_or_nowhere(verb: Verb, status: InteractionStatus) -> None:
    sources, target = INTERACTION_MOVES[verb]
    assert (target if status in sources else None) == ALLOWED.get((verb, status))


def test_only_a_person_leads_out_of_closed() -> None:
    assert [verb for verb, (sources, _target) in INTERACTION_MOVES.items() if CLOSED in sources] == [Verb.REOPEN]


@pytest.mark.parametrize(("current", "reported"), list(product(MessageStatus, MessageStatus)))
def test_a_report_moves_a_message_up_or_not_at_all(current: MessageStatus, reported: MessageStatus) -> None:
    assert climbs(current, reported) is ((current, reported) in CLIMBING)


def test_every_outbound_status_has_a_rung() -> None:
    assert set(RUNG) == set(MessageStatus) - {RECEIVED}
