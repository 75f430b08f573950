"""Slowing whoever guesses: the more failures, the longer until the next guess is looked at (docs/decisions/0019)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scopchat.accounts.models import Attempts
from scopchat.common.refusals import Refusal

SALT = "scopchat.attempts"
KEPT = timedelta(hours=1)
"""After this nothing is left to forget: every rule's waiting has ended and its failures are forgiven."""

ONE_ANOTHER = timedelta(minutes=1)
"""Attempts at the same time have read their clocks in another order than they are counted in."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How soon failures slow and how soon they are forgotten; times in seconds."""

    free: int
    """Failures that slow nothing."""
    first: float
    """The wait after the first one that does; it doubles with each one more."""
    most: float
    decay: float
    """In which one failure is forgotten."""

    def level(self, level: float, passed: timedelta) -> float:
        """What is left of `level` failures after some time."""
        return max(0.0, level - max(0.0, passed.total_seconds()) / self.decay)

    def wait(self, level: float) -> timedelta:
        """Until the next attempt, after so many failures."""
        if level <= self.free:
            return timedelta()
        return timedelta(seconds=min(self.most, self.first * 2 ** min(level - self.free - 1, 16)))


class Counted(NamedTuple):
    """What failures are counted for: a name that was typed, an address, a browser…"""

    kind: str
    what: str
    rule: Rule

    @property
    def key(self) -> str:
        return salted_hmac(SALT, f"{self.kind} {self.what}", algorithm="sha256").hexdigest()


class TooSoon(Refusal):
    """Nothing was compared, as too much has failed of late."""

    code = "too_soon"

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, round(wait.total_seconds()))
        if self.seconds <= 90:
            waiting = ngettext("%(n)d second", "%(n)d seconds", self.seconds) % {"n": self.seconds}
        else:
            minutes = -(-self.seconds // 60)
            waiting = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
        super().__init__(_("Too many attempts. Try again in %(waiting)s.") % {"waiting": waiting})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One that may be made now. It counts as a failure, however many come at once, until it is known to be right."""

    counted: tuple[Counted, ...]

    def was_right(self, *, now: datetime) -> None:
        """Takes this failure back and no earlier ones: a guesser would wipe theirs by a sign-in of their own."""
        rows = Attempts.objects.filter(key__in=[each.key for each in self.counted])
        rows.update(level=Greatest(F("level") - 1.0, 0.0), next_at=now - ONE_ANOTHER)


@transaction.atomic
def begin(*counted: Counted, now: datetime) -> Attempt:
    """Counts an attempt for each of these, always in the same order of kinds, or raises `TooSoon` and counts none."""
    for each in counted:
        _count(each, now)
    return Attempt(counted)


def _count(counted: Counted, now: datetime) -> None:
    fresh = Attempts(key=counted.key, level=0.0, next_at=now - ONE_ANOTHER, last_at=now)
    Attempts.objects.bulk_create([fresh], ignore_conflicts=True)
    row = Attempts.objects.select_for_update().get(pk=fresh.key)
    if row.next_at > now:
        raise TooSoon(row.next_at - now)
    # Clocks may be read in another order than attempts are counted in: time that runs back forgets nothing.
    row.level = counted.rule.level(row.level, now - row.last_at) + 1
    wait = counted.rule.wait(row.level)
    row.next_at, row.last_at = (now + wait) if wait else row.next_at, max(now, row.last_at)
    row.save()


def forgive(*counted: Counted) -> None:
    """Forgets every failure of these."""
    Attempts.objects.filter(key__in=[each.key for each in counted]).delete()


def clear_old(*, now: datetime) -> None:
    """Removes what slows nothing any more (index on `last_at`)."""
    Attempts.objects.filter(last_at__lt=now - KEPT).delete()
