"""Guessing at passwords and codes: what each attempt is counted for (docs/decisions/0019)."""

from __future__ import annotations

import ipaddress
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from scopchat.accounts import failures, known_browsers, throttle
from scopchat.accounts.lookup import person_called
from scopchat.accounts.models import User
from scopchat.accounts.throttle import Attempt, Counted, Rule, TooSoon
from scopchat.audit.catalogue import Verb
from scopchat.audit.requests import origin

STRANGER = Rule(free=2, first=3, most=300, decay=150)
"""Of one name, by all unknown browsers together: ten in the first five minutes, two in any five after."""
ADDRESS = Rule(free=50, first=1, most=60, decay=3)
"""By unknown browsers of one address, which may be a whole office."""
OWN = Rule(free=4, first=2, most=60, decay=60)
"""By one known browser, or at a screen where the person is signed in."""
LINKS = Rule(free=20, first=2, most=60, decay=10)
"""Links for a new password asked for from one address, right or wrong."""


def begin_sign_in(*, request: HttpRequest, login: str, now: datetime) -> Attempt:
    """An attempt with a password. Raises `TooSoon`, and by the same statements whether or not somebody is called so.

    Names are counted as they were typed: counted for the account, a name would tell that another one is the same
    person's.
    """
    person = person_called(login)
    name = known_browsers.name_of(request, person)
    try:
        if name:
            return throttle.begin(Counted("browser", name, OWN), now=now)
        return throttle.begin(_name(login), *_address(request, ADDRESS), now=now)
    except TooSoon:
        failures.note(verb=Verb.SIGN_IN_REFUSED, person=person, now=now)
        raise


def begin_code(*, request: HttpRequest, person: User, now: datetime) -> Attempt:
    """An attempt with a code of the second factor, by who knows the password. Raises `TooSoon`."""
    name = known_browsers.name_of(request, person)
    return throttle.begin(Counted("code browser", name, OWN) if name else _code(person), now=now)


def begin_link(*, request: HttpRequest, now: datetime) -> None:
    """A request for a link to choose a new password. Raises `TooSoon`."""
    throttle.begin(*_address(request, LINKS), now=now)


def confirm(*, person: User, password: str, now: datetime) -> bool:
    """Whether it is the password of who is signed in already: whoever sits at an open screen may not guess faster.

    Raises `TooSoon`.
    """
    try:
        attempt = throttle.begin(Counted("screen", str(person.pk), OWN), now=now)
    except TooSoon:
        failures.note(verb=Verb.CONFIRMATION_FAILED, person=person, now=now)
        raise
    if person.check_password(password):
        attempt.was_right(now=now)
        return True
    failures.note(verb=Verb.CONFIRMATION_FAILED, person=person, now=now)
    return False


def forgive(person: User) -> None:
    """Strangers' failures slow the person no more: they have shown by their mailbox who they are."""
    throttle.forgive(_name(person.username), _name(person.email), _code(person))


def _name(login: str) -> Counted:
    return Counted("name", login.strip().lower(), STRANGER)


def _code(person: User) -> Counted:
    return Counted("code", str(person.pk), STRANGER)


def _address(request: HttpRequest, rule: Rule) -> list[Counted]:
    """The browser's address, where it can be told from others': behind a proxy that nobody has told us of it cannot.

    An IPv6 customer has a network of 64 bits, not an address.
    """
    ip = origin().ip
    told = settings.TRUSTED_PROXIES > 0
    if ip is None or (not told and "X-Forwarded-For" in request.headers):
        return []
    address = ipaddress.ip_address(ip)
    if not told and not address.is_global:
        return []
    if address.version == 6:
        address = ipaddress.ip_network((ip, 64), strict=False).network_address
    return [Counted(f"address {rule.free}", str(address), rule)]
