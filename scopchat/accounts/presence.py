"""Who is there: what people choose, what their open pages say, and what follows when these say nothing.

A page that is open is a sign of life, written for all people of a web process at once every `SIGN_SECONDS`. Input in
any tab is another. Whoever has shown no sign for `GONE` is offline; who did nothing for `IDLE` is away, unless they
chose otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, F, When
from django.db.models.functions import Now

from scopchat.accounts import queries
from scopchat.accounts.models import ASIDE, THERE, Presence, User
from scopchat.accounts.signals import PresenceChange, presences_changed
from scopchat.events.catalogue import PresenceChanged
from scopchat.events.publish import publish
from scopchat.tenancy.models import Company

SIGN_SECONDS = 10.0
GONE = timedelta(seconds=20)
"""Two signs of life left out."""
LOOK_SECONDS = 10
"""How often the job looks: at the latest 30 s after the last page went its person is offline, and 45 s after its
network did (`ops.web.LOST_SECONDS`)."""
IDLE = timedelta(minutes=10)


@transaction.atomic
def arrive(*, person: User, now: datetime) -> None:
    """The person signs in: online, whatever they chose before."""
    queries.sighted(person, active=now, now=now)
    _set(person, presence=Presence.ONLINE, chosen="", now=now)


@transaction.atomic
def choose(*, person: User, presence: Presence, now: datetime) -> None:
    """The person chooses what colleagues see. Online is no choice: it follows their pages again."""
    queries.sighted(person, active=now, now=now)
    _set(person, presence=presence, chosen="" if presence == Presence.ONLINE else presence, now=now)


def _set(person: User, *, presence: Presence, chosen: str, now: datetime) -> None:
    User.objects.filter(pk=person.pk).update(**_turned(presence, now), chosen_presence=chosen)
    _tell([(person.company_id, person.pk, presence)])


@transaction.atomic
def leave(people: Collection[int]) -> None:
    """These people have signed out: offline until they sign in again, whatever page of theirs still closes."""
    found = User.objects.filter(pk__in=people).exclude(presence=Presence.OFFLINE)
    changed = [(company, pk, Presence.OFFLINE) for company, pk in found.values_list("company_id", "pk")]
    User.objects.filter(pk__in=people).update(**_turned(Presence.OFFLINE, Now()), chosen_presence=Presence.OFFLINE)
    _tell(changed)


@transaction.atomic
def be_active(*, person: User, ago: timedelta, now: datetime) -> None:
    """The person typed or pointed at a page so long ago: they are not away by themselves any more."""
    queries.sighted(person, active=now - ago, now=now)
    back = User.objects.filter(pk=person.pk, chosen_presence="", presence__in=ASIDE)
    if ago < IDLE and back.update(**_turned(Presence.ONLINE, now)):
        _tell([(person.company_id, person.pk, Presence.ONLINE)])


def open_page(*, person: User, now: datetime) -> None:
    """The person opens a page: who was offline by themselves is back, as they chose to be, before it is drawn."""
    if person.presence == Presence.OFFLINE != person.chosen_presence:
        _come_back(person, now)


@transaction.atomic
def _come_back(person: User, now: datetime) -> None:
    queries.sighted(person, active=now, now=now)
    back = Presence(person.chosen_presence or Presence.ONLINE)
    gone = User.objects.filter(pk=person.pk, presence=Presence.OFFLINE, chosen_presence=person.chosen_presence)
    if gone.update(**_turned(back, now)):
        _tell([(person.company_id, person.pk, back)])
    person.presence = back


@transaction.atomic
def keep(people: Collection[int], *, now: datetime) -> None:
    """These people have pages open; who was offline by themselves is back."""
    if people:
        _tell(queries.kept(people, idle=now - IDLE, now=now))


@transaction.atomic
def settle(*, now: datetime) -> None:
    """Nobody stays online whose pages are gone, nor who has not touched them for a while."""
    _tell(queries.settled(gone=now - GONE, idle=now - IDLE, now=now))


def presences_among(people: Collection[int]) -> dict[int, str]:
    """What each of these people shows to others."""
    return dict(User.objects.filter(pk__in=people).values_list("pk", "presence"))


def presences_of(company: Company) -> dict[int, str]:
    """Everyone of the company who is not offline."""
    present = User.objects.of(company).exclude(presence=Presence.OFFLINE)
    return dict(present.values_list("pk", "presence"))


def _turned(presence: Presence, now: datetime | Now) -> dict[str, Any]:
    """The columns of who shows this from now on; `now` is when they came or went, unless they were there, or gone."""
    same = THERE if presence in THERE else ASIDE
    kept = When(presence__in=same, then=F("presence_turned_at"))
    return {"presence": presence, "presence_turned_at": Case(kept, default=now)}


def _tell(changed: Iterable[tuple[int, int, str]]) -> None:
    """To live pages, by company, and to the domains above."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for company, person, presence in changed:
        found[company].append((person, str(presence)))
    for company, people in found.items():
        publish(PresenceChanged(company, tuple(people)))
    if found and presences_changed.has_listeners():
        told = [PresenceChange(company, *one) for company, people in found.items() for one in people]
        presences_changed.send(sender=None, changes=told)
