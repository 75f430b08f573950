"""Browsers in which a person has signed in before: strangers' guesses at the account do not slow them.

A signed cookie says for whom a browser is known ("device cookie", OWASP). It opens nothing: the password is still
asked, and failures in the browser slow it alone. It ends with the password it was given for.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

if TYPE_CHECKING:
    from scopchat.accounts.models import User

COOKIE = "known_browser"
SALT = "scopchat.known_browser"
SECONDS = 400 * 86_400
"""The longest that browsers keep a cookie (RFC 6265bis)."""
MAX_PEOPLE = 5
"""Of one browser, the latest; it keeps the cookie short."""


def name_of(request: HttpRequest, person: User | None) -> str | None:
    """What the browser is called among the person's; None where the person has not signed in with it."""
    if person is None:
        return None
    name, mark = _known(request).get(str(person.pk), ("", ""))
    return name if constant_time_compare(mark, _mark(person)) else None


def remember(request: HttpRequest, response: HttpResponseBase, person: User) -> None:
    """Makes the browser one of the person's, with the password they have now."""
    people = _known(request)
    name, _old = people.pop(str(person.pk), (secrets.token_urlsafe(9), ""))
    latest = [(str(person.pk), (name, _mark(person))), *people.items()][:MAX_PEOPLE]
    response.set_cookie(
        COOKIE,
        signing.dumps(dict(latest), salt=SALT),
        max_age=SECONDS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> dict[str, tuple[str, str]]:
    """Name and mark for each person of the cookie, the latest first."""
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return {}
    return {pk: (name, mark) for pk, (name, mark) in found.items()}


def _mark(person: User) -> str:
    return salted_hmac(SALT, f"{person.pk} {person.password}", algorithm="sha256").hexdigest()[:24]
