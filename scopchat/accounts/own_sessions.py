"""The browsers a person is signed in with, and closing them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.events.catalogue import AccessChanged
from scopchat.events.publish import publish

_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome",
             "SamsungBrowser": "Samsung Internet", "Chrome": "Chrome", "Safari": "Safari"}  # fmt: skip
"""Names in a user agent, the telling ones first: nearly all of them claim to be Safari."""
_SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "CrOS": "ChromeOS",
            "Mac OS X": "macOS", "Linux": "Linux"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One browser that is signed in."""

    pk: int
    browser: str
    """What it calls itself, in short; empty where that says nothing."""
    system: str
    ip: str
    since: datetime
    is_current: bool

    @property
    def is_phone(self) -> bool:
        return self.system in {"iPhone", "iPad", "Android"}


def browser_of(agent: str) -> tuple[str, str]:
    """What a browser calls itself, and its system, in short; empty texts where that says nothing."""
    return _told(agent, _BROWSERS), _told(agent, _SYSTEMS)


def _told(agent: str, names: dict[str, str]) -> str:
    return next((name for mark, name in names.items() if mark in agent), "")


def sessions_of(user: User, *, current_key: str | None) -> list[OwnSession]:
    """The present one first, then the latest; what has expired is forgotten."""
    found = [
        OwnSession(
            pk=one.pk,
            browser=browser_of(one.user_agent)[0],
            system=browser_of(one.user_agent)[1],
            ip=one.ip,
            since=one.created_at,
            is_current=one.session_key == current_key,
        )
        for one in UserSession.objects.purge_and_list(user)
    ]
    return sorted(found, key=lambda one: (one.is_current, one.since), reverse=True)


@transaction.atomic
def close_sessions(*, user: User, current_key: str | None, only: int | None = None) -> int:
    """Signs the person's other browsers out, or `only` one of them; returns how many. The current one stays."""
    sessions = UserSession.objects.filter(user=user).exclude(session_key=current_key)
    if only is not None:
        sessions = sessions.filter(pk=only)
    keys = list(sessions.values_list("session_key", flat=True))
    if not keys:
        return 0
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    publish(AccessChanged((user.pk,)))
    details = {"sessions": len(keys)}
    record(verb=Verb.SESSIONS_ENDED, company=user.company, acting=user, about=user, details=details)
    return len(keys)


def prune(before: datetime) -> Iterator[int]:
    """Removes what has expired, and what is told of browsers that are signed in no more."""
    yield Session.objects.filter(expire_date__lt=before).delete()[0]
    stands = Session.objects.filter(session_key=OuterRef("session_key"))
    lost = UserSession.objects.filter(~Exists(stands), last_seen_at__lt=before - timedelta(hours=1))
    yield lost.delete()[0]
