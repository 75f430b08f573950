"""Filling an empty installation with the demo, on a loopback address only: its password is published."""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction

from scopchat.common.clock import utc_now
from scopchat.ops import conversations, demo, logins
from scopchat.ops.installation import CannotStart, on_loopback
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.models import Company


def seed() -> str:
    """Makes the demo unless the installation has an operator; returns what to tell. Raises `CannotStart`."""
    if not on_loopback(settings.PUBLIC_URL):
        raise CannotStart(
            "Demo accounts have a published password and are only made on a loopback address, "
            f"not at {settings.PUBLIC_URL}."
        )
    if not _has_operator():
        _fill()
    return told() or "The installation has its own companies; nothing was added.\n"


def at_first_start() -> str:
    """As `seed`, but silent where the demo does not belong."""
    if on_loopback(settings.PUBLIC_URL) and not _has_operator():
        _fill()
    return told() if on_loopback(settings.PUBLIC_URL) else ""


def told() -> str:
    """What to tell about the demo accounts that are still there; empty when there are none."""
    with connection.cursor() as cursor:
        return logins.told(cursor)


def _fill() -> None:
    with transaction.atomic():
        cast = demo.create(password=logins.PASSWORD)
        demo.add_reseller(cast, password=logins.PASSWORD)
        conversations.hold(cast, now=utc_now())


def _has_operator() -> bool:
    return Company.objects.filter(kind=Kind.OPERATOR).exists()
