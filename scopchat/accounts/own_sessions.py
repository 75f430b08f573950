"""The browsers a person is signed in with, and closing them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from scopchat.accounts.models import User
from scopchat.accounts.sessions import SessionStore, stored_key
from scopchat.audit.catalogue import Verb
from scopchat.audit.requests import origin
from scopchat.audit.services import record
from scopchat.common.clock import utc_now
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


def note_session(request: HttpRequest, user: User) -> None:
    """The browser that sends the request is signed in from now on."""
    if not request.session.session_key:
        request.session.save()
    found = origin()
    UserSession.objects.create(
        user=user,
        session_key=stored_key(request.session.session_key),
        ip=found.ip or "0.0.0.0",  # noqa: S104  no address to listen on: the column wants one
        user_agent=found.agent,
    )


def forget_ended(user: User) -> list[UserSession]:
    """Forgets the person's sessions that have expired or were ended by another password; returns those that go on."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user)}
    mark = user.get_session_auth_hash()
    alive = {
        one.session_key
        for one in Session.objects.filter(session_key__in=rows, expire_date__gt=utc_now())
        if SessionStore().decode(one.session_data).get(HASH_SESSION_KEY) == mark
    }
    over = set(rows) - alive
    Session.objects.filter(session_key__in=over).delete()
    UserSession.objects.filter(session_key__in=over).delete()
    return [row for key, row in rows.items() if key in alive]


def sessions_of(user: User, *, current_key: str | None) -> list[OwnSession]:
    """The present one first, then the latest."""
    current = stored_key(current_key)
    found = [
        OwnSession(
            pk=one.pk,
            browser=browser_of(one.user_agent)[0],
            system=browser_of(one.user_agent)[1],
            ip=one.ip,
            since=one.created_at,
            is_current=one.session_key == current,
        )
        for one in forget_ended(user)
    ]
    return sorted(found, key=lambda one: (one.is_current, one.since), reverse=True)


@transaction.atomic
def close_sessions(*, user: User, current_key: str | None, only: int | None = None) -> int:
    """Signs the person's other browsers out, or `only` one of them; returns how many. The current one stays."""
    sessions = UserSession.objects.filter(user=user).exclude(session_key=stored_key(current_key))
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
