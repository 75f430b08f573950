"""Automatic queues at work: what waits is offered to their agents, and what nobody took comes back.

One transaction at a time in a company looks at all its automatic queues, because their agents are of several; it
reads anew whatever it decides by. So any number of jobs and sweeps offer each conversation once, and one that dies has
done nothing (docs/decisions/0036).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django_scopes import scope
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from scopchat.accounts.models import ASIDE
from scopchat.automation import queries
from scopchat.common.clock import utc_now
from scopchat.interactions.models import Interaction, InteractionEvent
from scopchat.interactions.services.by_itself import offer, put_back
from scopchat.interactions.status import Happening, InteractionStatus
from scopchat.queues.distribution import NEVER, Agent, Rule, Waiting, distribute
from scopchat.queues.models import Queue, QueueMember
from scopchat.queues.querysets import PRESENT
from scopchat.queues.services import mark_given
from scopchat.tenancy.models import Company

logger = structlog.get_logger(__name__)

TASK = "scopchat.gateway.tasks.distribute"
"""The job's name: jobs are above."""
AT_A_TIME = 100
"""So many conversations of a queue are looked at in one transaction; the next ones in another."""
type Queues = Mapping[int, Queue]


def ask_to_distribute(companies: Collection[int]) -> None:
    """Asks for a run in these companies; that one is asked for already is fine. Call outside transactions."""
    for company in sorted(companies):
        name = f"distribute:{company}"
        job = app.configure_task(
            name=TASK,
            lock=name,
            queueing_lock=name,
            queue="upkeep",
            allow_unknown=True,
        )
        try:
            job.defer(company=company)
        except AlreadyEnqueued:
            continue


def distribute_everywhere() -> None:
    """Runs in all companies that have an automatic queue and work: what no event told, or nobody heard."""
    here = Q(company=OuterRef("pk"))
    work = Q(status=InteractionStatus.WAITING) | Q(offered_at__isnull=False)
    queues, conversations = Queue.objects.automatic().filter(here), Interaction.objects.not_closed().filter(here, work)
    found = Company.objects.filter(Exists(queues), Exists(conversations), is_active=True)
    for company in list(found.values_list("pk", flat=True)):
        try:
            distribute_in(company)
        except (OperationalError, InterfaceError):
            raise
        except DatabaseError:
            logger.exception("distribution_failed", company=company)


def distribute_in(company_id: int) -> None:
    """Takes back and offers, until nothing is left that anybody can have."""
    with scope(company=company_id):
        while run(company_id, now=utc_now()):
            pass


@transaction.atomic
def run(company_id: int, *, now: datetime) -> bool:
    """One look at the company's automatic queues. Returns whether another may find more to offer."""
    queries.one_at_a_time(company_id)
    queues = {queue.pk: queue for queue in Queue.objects.automatic().filter(company__is_active=True)}
    if not queues:
        return False
    _put_back(queues, now)
    team = _team(queues)
    waiting = _waiting(team, queues, now)
    offers = distribute(waiting, rules=team.rules, agents=team.agents, now=now)
    # Whoever takes one at this moment has it; what is locked is left to the next run.
    chosen = Interaction.objects.filter(_free_in(queues), pk__in=[one.conversation for one in offers])
    free = {(one.pk, one.queue_id): one for one in _locked(chosen)}
    given = [one for one in offers if (one.conversation, one.queue) in free]
    for one in given:
        offer(interaction=free[one.conversation, one.queue], to=one.agent, now=now)
    mark_given(given)
    return bool(given) and len(waiting) >= AT_A_TIME


def _locked(found: QuerySet[Interaction]) -> list[Interaction]:
    return list(found.select_for_update(skip_locked=True, of=("self",), no_key=True))


def _free_in(queues: Collection[int]) -> Q:
    return Q(queue__in=queues, assignee=None, status=InteractionStatus.WAITING)


def _put_back(queues: Queues, now: datetime) -> None:
    """What was not taken in time, and what somebody has who is gone and did not accept it, or whose customer waits.

    Whoever holds a paused one decided when it goes on.
    """
    late = Q(offered_at__lte=_before(now, "queue__take_back_after"))
    ended = _before(now, "queue__grace")
    gone = Q(assignee__presence__in=ASIDE) & (
        Q(assignee__presence_turned_at=None) | Q(assignee__presence_turned_at__lte=ended)
    )
    left = Q(offered_at__lte=ended) | Q(offered_at=None, status=InteractionStatus.WAITING, waiting_since__lte=ended)
    going_on = Interaction.objects.not_closed().exclude(status=InteractionStatus.PAUSED)
    held = going_on.filter(queue__in=queues, assignee__isnull=False).order_by("pk")
    for happening, due in ((Happening.NOT_TAKEN, late), (Happening.LEFT_BEHIND, gone & left)):
        for one in _locked(held.filter(due)):
            put_back(interaction=one, happening=happening, now=now)


def _before(now: datetime, minutes: str) -> Combinable:
    """So many minutes ago, as a column says."""
    return Value(now) - ExpressionWrapper(F(minutes) * Value(timedelta(minutes=1)), output_field=DurationField())


@dataclass(frozen=True, slots=True)
class _Team:
    """The agents who are there, and how their queues distribute."""

    rules: dict[int, Rule]
    agents: dict[int, Agent]
    came: dict[int, datetime]


def _team(queues: Queues) -> _Team:
    members = QueueMember.objects.filter(**PRESENT, queue__in=queues)
    given: dict[int, dict[int, datetime]] = defaultdict(dict)
    came: dict[int, datetime] = {}
    for queue, person, at, since in members.values_list("queue", "user", "given_at", "user__presence_turned_at"):
        given[queue][person] = at or NEVER
        came[person] = since or NEVER
    held = Interaction.objects.not_closed().filter(assignee__in=came).order_by()
    holds: dict[int, int] = dict(held.values_list("assignee").annotate(Count("pk")))
    agents = {
        person: Agent(True, holds.get(person, 0), max(since, *(turns.get(person, NEVER) for turns in given.values())))
        for person, since in came.items()
    }
    rules = {
        pk: Rule(queue.distribution, queue.priority, queue.max_open, given[pk])
        for pk, queue in queues.items()
        if pk in given
    }
    return _Team(rules, agents, came)


def _waiting(team: _Team, queues: Queues, now: datetime) -> list[Waiting]:
    """What waits longest in each queue where somebody is there."""
    found: list[tuple[int, int, datetime, int | None]] = []
    for queue in team.rules:
        first = Interaction.objects.filter(_free_in([queue])).order_by("waiting_since", "pk")[:AT_A_TIME]
        found += [
            (pk, queue, since or now, released_by)
            for pk, since, released_by in first.values_list("pk", "waiting_since", "released_by")
        ]
    passed = _passed({pk: queues[queue].take_back_after for pk, queue, *_ in found}, team, now)
    return [
        Waiting(pk, queue, since, frozenset(passed[pk] | ({released_by} if released_by else set())))
        for pk, queue, since, released_by in found
    ]


def _passed(minutes: Mapping[int, int | None], team: _Team, now: datetime) -> dict[int, set[int]]:
    """Who of those there let which conversation pass, and is not asked again for as long as they had for it.

    Who has come since is asked: they may have let it pass by going.
    """
    passed: dict[int, set[int]] = defaultdict(set)
    events = InteractionEvent.objects.filter(interaction__in=minutes, happening=Happening.NOT_TAKEN)
    for pk, person, at in events.values_list("interaction", "about", "created_at"):
        if at + timedelta(minutes=minutes[pk] or 0) > now and team.came.get(person, NEVER) <= at:
            passed[pk].add(person)
    return passed
