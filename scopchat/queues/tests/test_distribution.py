"""Who is offered what: each rule by its cases, all small worlds one by one, and random larger ones."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scopchat.queues.distribution import NEVER, Agent, Mode, Priority, Rule, Waiting, distribute

NOW = datetime.fromisoformat("2026-11-23T14:00:00Z")
AUTOMATIC = [Mode.LEAST_BUSY, Mode.ROUND_ROBIN, Mode.LONGEST_IDLE]
ANN, BOB, CAT = 1, 2, 3
DESK, DOOR = 10, 11


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def rule(
    mode: str = Mode.ROUND_ROBIN,
    given: dict[int, datetime] | None = None,
    *,
    priority: int = Priority.NORMAL,
    limit: int | None = None,
) -> Rule:
    return Rule(mode, priority, limit, given or dict.fromkeys([ANN, BOB, CAT], NEVER))


def there(holds: int = 0, *, idle: float = 60) -> Agent:
    return Agent(present=True, holds=holds, idle_since=ago(idle))


GONE = Agent(present=False, holds=0, idle_since=ago(600))


def waits(pk: int, minutes: float = 5, *, queue: int = DESK, not_to: set[int] | None = None) -> Waiting:
    return Waiting(pk, queue, ago(minutes), frozenset(not_to or ()))


def given_out(waiting: list[Waiting], rules: dict[int, Rule], agents: dict[int, Agent]) -> list[tuple[int, int]]:
    return [(offer.conversation, offer.agent) for offer in distribute(waiting, rules=rules, agents=agents, now=NOW)]


@pytest.mark.parametrize("mode", AUTOMATIC)
def test_the_longest_wait_of_the_highest_queue_goes_first(mode: Mode) -> None:
    rules = {DESK: rule(mode, limit=2), DOOR: rule(mode, priority=Priority.HIGH, limit=2)}
    waiting = [waits(1, 9), waits(2, 30), waits(3, 1, queue=DOOR), waits(4, 2, queue=DOOR)]
    assert [pk for pk, _ in given_out(waiting, rules, {ANN: there(), BOB: there()})] == [4, 3, 2, 1]
    assert [pk for pk, _ in given_out(waiting, rules, {ANN: there()})] == [4, 3]


def test_a_lower_queue_gets_those_whom_the_higher_one_cannot_use() -> None:
    rules = {DESK: rule(), DOOR: rule(priority=Priority.HIGH, given={BOB: NEVER}, limit=1)}
    waiting = [waits(1, queue=DOOR), waits(2, queue=DOOR), waits(3)]
    assert given_out(waiting, rules, {ANN: there(4), BOB: there()}) == [(1, BOB), (3, ANN)]


def test_a_manual_queue_gives_nothing_out() -> None:
    assert given_out([waits(1)], {DESK: rule(Mode.MANUAL)}, {ANN: there()}) == []


@pytest.mark.parametrize("mode", AUTOMATIC)
@pytest.mark.parametrize(
    ("agents", "not_to"),
    [({}, set()), ({ANN: GONE}, set()), ({ANN: there(3)}, set()), ({ANN: there()}, {ANN}), ({4: there()}, set())],
    ids=["nobody", "gone", "at the limit", "who passed it", "of another queue"],
)
def test_it_waits_where_nobody_can_have_it(mode: Mode, agents: dict[int, Agent], not_to: set[int]) -> None:
    assert given_out([waits(1, not_to=not_to)], {DESK: rule(mode, limit=3)}, agents) == []


def test_round_robin_goes_to_whom_the_queue_gave_longest_ago_however_busy() -> None:
    rules = {DESK: rule(given={ANN: ago(1), BOB: ago(3), CAT: ago(2)})}
    agents = {ANN: there(), BOB: there(7, idle=0), CAT: there()}
    out = given_out([waits(n, 60 - n) for n in range(5)], rules, agents)
    assert [agent for _, agent in out] == [BOB, CAT, ANN, BOB, CAT]


def test_who_was_given_nothing_yet_comes_before_all_others() -> None:
    assert given_out([waits(1)], {DESK: rule(given={ANN: ago(600), BOB: NEVER})}, {ANN: there(), BOB: there()}) == [
        (1, BOB)
    ]


def test_least_busy_levels_what_they_hold_and_then_takes_turns() -> None:
    rules = {DESK: rule(Mode.LEAST_BUSY, {ANN: ago(1), BOB: ago(9), CAT: ago(5)})}
    agents = {ANN: there(2), BOB: there(1), CAT: there(1)}
    out = given_out([waits(n, 60 - n) for n in range(5)], rules, agents)
    assert [agent for _, agent in out] == [BOB, CAT, ANN, BOB, CAT]


def test_longest_idle_looks_at_all_queues_and_at_who_has_just_come() -> None:
    rules = {DESK: rule(Mode.LONGEST_IDLE, {ANN: NEVER, BOB: ago(90), CAT: ago(80)})}
    agents = {ANN: there(idle=1), BOB: there(idle=5), CAT: there(9, idle=20)}
    out = given_out([waits(n, 60 - n) for n in range(4)], rules, agents)
    assert [agent for _, agent in out] == [CAT, BOB, ANN, CAT]


def test_who_passed_it_is_passed_over_for_this_one_alone() -> None:
    out = given_out([waits(1, 9, not_to={ANN}), waits(2, 8)], {DESK: rule()}, {ANN: there(), BOB: there()})
    assert out == [(1, BOB), (2, ANN)]


def check(waiting: list[Waiting], rules: dict[int, Rule], agents: dict[int, Agent]) -> None:
    """All that holds of any distribution, whatever the mode."""
    offers = distribute(waiting, rules=rules, agents=agents, now=NOW)
    by_pk = {one.pk: one for one in waiting}
    order = sorted(waiting, key=lambda one: (-rules[one.queue].priority, one.since, one.pk))
    place = {one.pk: n for n, one in enumerate(order)}
    given = [offer.conversation for offer in offers]
    assert len(set(given)) == len(given)
    assert given == sorted(given, key=place.__getitem__)
    held = {pk: agent.holds for pk, agent in agents.items()}
    taken = {offer.conversation: offer for offer in offers}
    for one in order:
        offer, its = taken.get(one.pk), rules[one.queue]
        free = {
            pk
            for pk in its.given
            if pk in agents and agents[pk].present and (its.limit is None or held[pk] < its.limit)
        } - one.not_to
        if offer is None:
            assert not free or its.mode == Mode.MANUAL
            continue
        assert its.mode != Mode.MANUAL
        assert offer.agent in free
        assert offer.queue == by_pk[offer.conversation].queue
        if its.mode == Mode.LEAST_BUSY:
            assert held[offer.agent] == min(held[pk] for pk in free)
        held[offer.agent] += 1


def test_every_small_world() -> None:
    """Two agents, two conversations, one or two queues: all of them."""
    people = [GONE, there(0), there(1, idle=1), there(2, idle=2)]
    modes = [Mode.MANUAL, *AUTOMATIC]
    passed: list[set[int]] = [set(), {ANN}, {ANN, BOB}]
    priorities = [Priority.LOW, Priority.HIGH]
    for ann, bob, mode, limit, first, second, other, priority in product(
        people, people, modes, [None, 1, 2], passed, passed[:2], [DESK, DOOR], priorities
    ):
        rules = {
            DESK: rule(mode, {ANN: ago(5), BOB: NEVER}, limit=limit),
            DOOR: rule(Mode.ROUND_ROBIN, {BOB: ago(1)}, priority=priority, limit=2),
        }
        check([waits(1, 9, not_to=first), waits(2, 3, queue=other, not_to=second)], rules, {ANN: ann, BOB: bob})


MOMENTS = st.integers(0, 500).map(ago)
PEOPLE = st.integers(1, 6)
RULES = st.builds(
    Rule,
    mode=st.sampled_from([*Mode]),
    priority=st.sampled_from([*Priority]),
    limit=st.none() | st.integers(1, 5),
    given=st.dictionaries(PEOPLE, st.just(NEVER) | MOMENTS),
)
AGENTS = st.dictionaries(
    PEOPLE, st.builds(Agent, present=st.booleans(), holds=st.integers(0, 6), idle_since=st.just(NEVER) | MOMENTS)
)
WAITING = st.lists(
    st.builds(
        Waiting,
        pk=st.integers(1, 10**6),
        queue=st.sampled_from([1, 2, 3]),
        since=MOMENTS,
        not_to=st.frozensets(PEOPLE, max_size=3),
    ),
    max_size=25,
    unique_by=lambda one: one.pk,
)


@given(WAITING, st.fixed_dictionaries({1: RULES, 2: RULES, 3: RULES}), AGENTS)
def test_it_holds_of_any_world(waiting: list[Waiting], rules: dict[int, Rule], agents: dict[int, Agent]) -> None:
    check(waiting, rules, agents)


@given(WAITING, st.fixed_dictionaries({1: RULES, 2: RULES, 3: RULES}), AGENTS, st.randoms())
def test_the_order_in_which_they_are_read_changes_nothing(
    waiting: list[Waiting], rules: dict[int, Rule], agents: dict[int, Agent], luck: object
) -> None:
    before = distribute(waiting, rules=rules, agents=agents, now=NOW)
    luck.shuffle(waiting)  # type: ignore[attr-defined]
    assert distribute(waiting, rules=rules, agents=dict(reversed(agents.items())), now=NOW) == before


@given(
    st.sets(PEOPLE, min_size=1),
    st.lists(st.integers(0, 5), min_size=6, max_size=6),
    st.integers(1, 40),
    st.integers(1, 7),
)
def test_round_robin_is_fair_over_many_rounds(people: set[int], holds: list[int], texts: int, at_a_time: int) -> None:
    """However many come at a time, nobody is ever two ahead of anybody."""
    given_at = dict.fromkeys(people, NEVER)
    agents = {pk: there(holds[pk - 1]) for pk in people}
    got: Counter[int] = Counter(dict.fromkeys(people, 0))
    for begin in range(0, texts, at_a_time):
        now = NOW + timedelta(seconds=begin)
        offers = distribute(
            [waits(begin + n, 60 - n) for n in range(at_a_time)],
            rules={DESK: rule(given=given_at)},
            agents=agents,
            now=now,
        )
        got.update(offer.agent for offer in offers)
        given_at.update({offer.agent: offer.at for offer in offers})
        assert max(got.values()) - min(got.values()) <= 1
