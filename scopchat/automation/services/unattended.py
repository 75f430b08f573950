"""What waits too long because nobody is there moves on: to the managers, back to its members, or to its end.

Nothing is remembered but what the rows of conversations say; each step is a transaction of its own, and asks again
under the row's lock whether it is due. So any number of sweeps do each step once (docs/decisions/0040).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid5

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q
from django_scopes import scope

from scopchat.accounts.models import ASIDE
from scopchat.automation.models import Absence, Fallback
from scopchat.automation.services.replies import KEYS, send_once
from scopchat.common.clock import utc_now
from scopchat.interactions.models import Interaction
from scopchat.interactions.querysets import InteractionQuerySet
from scopchat.interactions.services.by_itself import end, escalate, put_back
from scopchat.interactions.status import Happening, InteractionStatus

logger = structlog.get_logger(__name__)

AT_A_TIME = 100
"""So many conversations of a step are seen to in one sweep; the next ones in the next."""


def attend_everywhere() -> None:
    """Sees to what waits too long, in all companies that have said what is to happen and where somebody waits."""
    waiting = Interaction.objects.filter(company=OuterRef("company"), status=InteractionStatus.WAITING)
    companies = Fallback.objects.acting().filter(Exists(waiting), company__is_active=True).order_by("company")
    for company in list(companies.values_list("company", flat=True).distinct()):
        with scope(company=company):
            attend(now=utc_now())


def attend(*, now: datetime) -> None:
    """The same in the companies in scope."""
    fallbacks = list(Fallback.objects.select_related("hours", "company").order_by("pk"))
    own = [one.channel_id for one in fallbacks if one.channel_id]
    for one in fallbacks:
        here = Q(channel=one.channel_id) if one.channel_id else Q(queue=one.queue_id) & ~Q(channel__in=own)
        for step in _steps(one, now):
            step.take(here & Q(status=InteractionStatus.WAITING), one, now)


@dataclass(frozen=True, slots=True)
class _Step:
    """What becomes of conversations that are due."""

    due: Q
    does: Absence
    absent: bool
    """Whether they are somebody's who is not there."""

    def take(self, here: Q, fallback: Fallback, now: datetime) -> None:
        found = Interaction.objects.filter(here, self.due).order_by("waiting_since", "pk")
        for pk in list(found.values_list("pk", flat=True)[:AT_A_TIME]):
            try:
                self._take_one(found.filter(pk=pk), fallback, now)
            except (OperationalError, InterfaceError):
                raise
            except DatabaseError:
                logger.exception("unattended_failed", interaction=pk)

    @transaction.atomic
    def _take_one(self, one: InteractionQuerySet, fallback: Fallback, now: datetime) -> None:
        """One conversation, if it is still due and nobody is at it."""
        locked = one.select_related("channel__company").select_for_update(skip_locked=True, of=("self",), no_key=True)
        interaction: Interaction | None = locked.first()
        if interaction is None:
            return
        if self.does == Absence.MANAGERS:
            escalate(interaction=interaction, absent=self.absent, now=now)
        elif self.does == Absence.MEMBERS:
            put_back(interaction=interaction, happening=Happening.LEFT_BEHIND, now=now, to_members=True)
        else:
            if fallback.closing_text:
                key = uuid5(KEYS, f"closing {interaction.pk} {interaction.waiting_since}")
                send_once(interaction=interaction, text=fallback.closing_text, key=key, now=now)
            end(interaction=interaction, absent=self.absent, now=now)


def _steps(fallback: Fallback, now: datetime) -> Iterator[_Step]:
    """What the fallback asks for at this moment."""
    if fallback.close_after is not None:
        yield _Step(_untaken(now - timedelta(hours=fallback.close_after)), Absence.CLOSE, absent=False)
    if fallback.absent_after is not None and (since := fallback.open_since(fallback.absent_after, now)):
        does = Absence(fallback.absence)
        yield _Step(_of_absent(since) & _not_twice(does), does, absent=True)
    if fallback.escalate_after is not None and (since := fallback.open_since(fallback.escalate_after, now)):
        yield _Step(_untaken(since) & _not_twice(Absence.MANAGERS), Absence.MANAGERS, absent=False)


def _not_twice(does: Absence) -> Q:
    return Q(escalated_at=None) if does == Absence.MANAGERS else Q()


def _untaken(since: datetime) -> Q:
    """What nobody has had since then, or has accepted."""
    return Q(waiting_since__lte=since) & (Q(assignee=None) | Q(offered_at__lte=since))


def _of_absent(since: datetime) -> Q:
    """What somebody has who was not there since then, and may never be again."""
    gone = Q(assignee__presence__in=ASIDE) & (
        Q(assignee__presence_turned_at=None) | Q(assignee__presence_turned_at__lte=since)
    )
    return Q(waiting_since__lte=since, assignee__isnull=False) & (gone | Q(assignee__is_active=False))
