"""Who is offered which waiting conversation: the rule, without database or clock.

The longest wait of the highest queue goes first. Only who is present and below the queue's limit gets anything; among
these the queue's mode chooses. People are agents of several queues: all of a company's are dealt with at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

NEVER = datetime.min.replace(tzinfo=UTC)


class Mode(models.TextChoices):
    """How a queue gives out what waits in it."""

    MANUAL = "manual", _("Manual")
    LEAST_BUSY = "least_busy", _("Least busy")
    ROUND_ROBIN = "round_robin", _("Round robin")
    LONGEST_IDLE = "longest_idle", _("Longest idle")


class Priority(models.IntegerChoices):
    """Of a queue over the others. Far apart: one between two of them moves no row."""

    HIGH = 30, _("High")
    NORMAL = 20, _("Normal")
    LOW = 10, _("Low")


@dataclass(frozen=True, slots=True)
class Terms:
    """How a queue distributes, as its page says it (columns of `Queue`)."""

    distribution: str = Mode.MANUAL
    priority: int = Priority.NORMAL
    max_open: int | None = None
    take_back_after: int | None = 5
    grace: int = 2


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation that nobody has."""

    pk: int
    queue: int
    since: datetime
    not_to: frozenset[int] = frozenset()
    """Those of the agents who have released it, or let it pass a moment ago."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one queue distributes, and to whom."""

    mode: str
    priority: int
    limit: int | None
    """Who has so many conversations, of whatever queue, is offered none of this one; None where any number will do."""
    given: Mapping[int, datetime]
    """Its agents, each with when this queue last offered them something (`NEVER`)."""


@dataclass(frozen=True, slots=True)
class Agent:
    """How it stands with a person, over all queues."""

    present: bool
    holds: int
    """Conversations that are theirs and not closed, accepted or not."""
    idle_since: datetime
    """When they were last offered something by any queue, or came in, whichever was later."""


@dataclass(frozen=True, slots=True)
class Offer:
    """This conversation goes to this agent."""

    conversation: int
    queue: int
    agent: int
    at: datetime
    """No two of a round are offered at the same moment, so that turns are kept from one round to the next."""


@dataclass(slots=True)
class _Round:
    """What was offered so far counts for what is offered next."""

    rules: Mapping[int, Rule]
    agents: dict[int, Agent]
    now: datetime
    given: dict[tuple[int, int], datetime] = field(default_factory=dict)
    """By queue and agent: the last offer of this round."""
    offers: list[Offer] = field(default_factory=list)

    def offer(self, one: Waiting) -> None:
        rule = self.rules[one.queue]
        free = [pk for pk in rule.given if pk not in one.not_to and self._has_room(pk, rule)]
        if not free or rule.mode == Mode.MANUAL:
            return
        chosen = min(free, key=lambda pk: self._precedence(pk, one.queue, rule))
        at = self.now + timedelta(microseconds=len(self.offers))
        self.offers.append(Offer(one.pk, one.queue, chosen, at))
        self.given[one.queue, chosen] = at
        self.agents[chosen] = replace(self.agents[chosen], holds=self.agents[chosen].holds + 1, idle_since=at)

    def _has_room(self, pk: int, rule: Rule) -> bool:
        agent = self.agents.get(pk)
        return agent is not None and agent.present and (rule.limit is None or agent.holds < rule.limit)

    def _precedence(self, pk: int, queue: int, rule: Rule) -> tuple[object, ...]:
        """The least of these is chosen; who stands equal takes turns, at last in the order of ids."""
        turn = (self.given.get((queue, pk), rule.given[pk]), pk)
        match rule.mode:
            case Mode.LEAST_BUSY:
                return (self.agents[pk].holds, *turn)
            case Mode.LONGEST_IDLE:
                return (self.agents[pk].idle_since, *turn)
            case _:
                return turn


def distribute(
    waiting: Iterable[Waiting], *, rules: Mapping[int, Rule], agents: Mapping[int, Agent], now: datetime
) -> list[Offer]:
    """Which of these conversations are offered to whom, in the order in which they are.

    Nobody is offered anything who is not present, past the limit of a queue they are an agent of, or what they passed.
    """
    this = _Round(rules, dict(agents), now)
    for one in sorted(waiting, key=lambda one: (-rules[one.queue].priority, one.since, one.pk)):
        this.offer(one)
    return this.offers
