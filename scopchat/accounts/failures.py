"""Failures as the audit log tells of them: the first at once, and how many followed once a period.

A stranger who guesses all day leaves two entries a period of it, not one for each guess; the log is append-only.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from scopchat.accounts.models import Failures, User
from scopchat.audit.catalogue import Verb
from scopchat.audit.requests import Origin, coming_from, origin
from scopchat.audit.services import record
from scopchat.tenancy.services import operator

PERIOD = timedelta(minutes=5)
MAX_TOLD = 200
"""Told in one transaction; the rest a moment later."""


@transaction.atomic
def note(*, verb: Verb, person: User | None, now: datetime) -> None:
    """For the company whose person it was about; for the operator, by address, where there is no such person.

    What was typed as a name that nobody has is not kept: it may be a password typed into the wrong field.
    """
    found = origin()
    about = f"person {person.pk}" if person else f"address {found.ip}"
    key = salted_hmac("scopchat.failures", f"{verb} {about}", algorithm="sha256").hexdigest()
    latest = {"ip": found.ip, "agent": found.agent}
    first = {"verb": verb, "person_id": person.pk if person else None, "since": now, **latest}
    _row, is_first = Failures.objects.get_or_create(key=key, defaults=first)
    if is_first:
        _record(verb, person, {})
    else:
        Failures.objects.filter(key=key).update(untold=F("untold") + 1, **latest)


def tell(*, now: datetime) -> None:
    """Writes what periods that are over have counted (index on `since`)."""
    while _tell_some(now):
        pass


@transaction.atomic
def _tell_some(now: datetime) -> bool:
    over = Failures.objects.filter(since__lte=now - PERIOD).select_for_update(skip_locked=True)
    rows = list(over.order_by("since")[:MAX_TOLD])
    people = User.with_archived.select_related("company").in_bulk({row.person_id for row in rows if row.person_id})
    for row in rows:
        if row.untold:
            with coming_from(Origin(row.ip, row.agent)):
                _record(Verb(row.verb), people.get(row.person_id), {"attempts": row.untold})
    Failures.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return bool(rows)


def _record(verb: Verb, person: User | None, details: dict[str, int]) -> None:
    installation = operator()
    company = person.company if person else installation
    if company is not None:
        record(verb=verb, company=company, acting=None, about=person, details=details)
