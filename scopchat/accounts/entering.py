"""Entering a company that is not one's own: recorded once for each browser and working day, not for each page."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.tenancy.models import Company

AGAIN_AFTER = timedelta(hours=12)
"""Who still looks at the company then is recorded once more."""
MAX_REMEMBERED = 100
_KEY = "entered"


def has_entered(session: SessionBase, company_id: int) -> bool:
    """Whether this browser's person has entered the company: pages record it, and streams show nothing before."""
    return str(company_id) in session.get(_KEY, {})


def enter(*, session: SessionBase, person: User, company: Company, now: datetime) -> None:
    """Records that the person looks at a company, unless it is their own or was recorded a while ago.

    The session remembers when. It decides nothing about what anybody may see.
    """
    entered: dict[str, float] = session.get(_KEY, {})
    at = entered.get(str(company.pk), 0)
    if company.pk == person.company_id or now.timestamp() - at < AGAIN_AFTER.total_seconds():
        return
    record(verb=Verb.COMPANY_ENTERED, company=company, acting=person)
    others = sorted((when, pk) for pk, when in entered.items() if pk != str(company.pk))
    kept = {pk: when for when, pk in others[-MAX_REMEMBERED + 1 :]}
    session[_KEY] = {**kept, str(company.pk): now.timestamp()}
