"""`scopchat doctor`: what is wrong with the installation, in words, and what to do about it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Min, Q
from django_scopes import scopes_disabled
from procrastinate.contrib.django.models import ProcrastinateWorker

from scopchat.channels.models import EventState, InboundEvent, PendingEvent, Provider
from scopchat.common.clock import utc_now
from scopchat.gateway import queries
from scopchat.interactions.models import Message, OutboxEntry
from scopchat.interactions.status import MessageStatus
from scopchat.ops.database import missing_migrations, reach
from scopchat.ops.installation import CannotStart

OLDEST_SERVER = 150_000
WORKER_SILENCE = timedelta(seconds=30)
BACKLOG_AGE = timedelta(minutes=1)
CLOCK_DRIFT = timedelta(seconds=2)


class Level(Enum):
    OK = "ok"
    ADVICE = "advice"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    text: str


def _ok(text: str) -> Finding:
    return Finding(Level.OK, text)


def _advice(text: str) -> Finding:
    return Finding(Level.ADVICE, text)


def _problem(text: str) -> Finding:
    return Finding(Level.PROBLEM, text)


def report() -> int:
    """Prints every finding; returns 1 if one is a problem."""
    findings = examine(now=utc_now())
    for finding in findings:
        print(f"{finding.level.value:<8} {finding.text}")
    return int(any(finding.level is Level.PROBLEM for finding in findings))


def examine(*, now: datetime) -> list[Finding]:
    """Every finding. What needs the database is left out when it cannot be reached."""
    findings = [*public_address(), *secret_key(), *media_folder()]
    try:
        reach()
    except CannotStart as error:
        return [*findings, _problem(str(error))]
    schema = list(migrations())
    findings += [*server(), *clock(now), *schema]
    if any(finding.level is Level.PROBLEM for finding in schema):
        return findings
    with scopes_disabled():
        return [*findings, *worker(now), *backlog(now), *set_aside(), *copy(), *unknown_messages(), *incidents()]


def public_address() -> Iterator[Finding]:
    """Carriers and people reach the product over TLS."""
    parts = urlsplit(settings.PUBLIC_URL)
    if parts.scheme == "https":
        yield _ok(f"The public address is {settings.PUBLIC_URL}.")
    elif parts.hostname in {"127.0.0.1", "localhost", "::1"}:
        yield _advice(f"The public address {settings.PUBLIC_URL} is this machine's own: no carrier can reach it.")
    else:
        yield _problem(f"The public address {settings.PUBLIC_URL} is not https: set SCOPCHAT_PUBLIC_URL.")


def secret_key() -> Iterator[Finding]:
    """Sessions and links cannot be forged, and errors do not show settings."""
    if len(settings.SECRET_KEY) < 32:
        yield _problem("SCOPCHAT_SECRET_KEY is shorter than 32 characters: sessions could be forged.")
    else:
        yield _ok("The secret key is long enough.")
    if settings.DEBUG:
        yield _problem("SCOPCHAT_DEBUG is on: error pages show settings and data to everyone.")


def media_folder() -> Iterator[Finding]:
    """Photos can be kept."""
    try:
        os.makedirs(settings.MEDIA_ROOT, mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.MEDIA_ROOT):
            yield _ok(f"Photos can be kept in {settings.MEDIA_ROOT}.")
    except OSError as error:
        yield _problem(f"Photos cannot be kept in {settings.MEDIA_ROOT}: {error.strerror}.")


def server() -> Iterator[Finding]:
    """PostgreSQL is new enough and keeps what it acknowledged."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('fsync')")
        version, fsync = cursor.fetchone()
    if version < OLDEST_SERVER:
        yield _problem(f"PostgreSQL {version // 10000} is too old: 15 or newer is needed.")
    else:
        yield _ok(f"PostgreSQL {version // 10000} answers.")
    if fsync != "on":
        yield _problem("PostgreSQL runs with fsync off: a power cut would lose messages.")


def clock(now: datetime) -> Iterator[Finding]:
    """This machine and the database agree on the time; schedules depend on it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    drift = abs(theirs - now)
    if drift > CLOCK_DRIFT:
        yield _problem(f"The clocks of this machine and of the database differ by {drift.total_seconds():.0f} s.")
    else:
        yield _ok("The clocks of this machine and of the database agree.")


def migrations() -> Iterator[Finding]:
    """The tables are those this version expects."""
    missing = missing_migrations()
    if missing:
        yield _problem(f"{missing} migrations are not applied: run `scopchat migrate`.")
    else:
        yield _ok("All migrations are applied.")


def worker(now: datetime) -> Iterator[Finding]:
    """Somebody routes and sends."""
    latest = ProcrastinateWorker.objects.aggregate(latest=Max("last_heartbeat"))["latest"]
    if latest is None:
        yield _problem("No worker runs: messages are kept but neither routed nor sent. Start `scopchat worker`.")
    elif now - latest > WORKER_SILENCE:
        yield _problem(f"No worker has been heard of since {latest:%Y-%m-%d %H:%M:%S} UTC. Start `scopchat worker`.")
    else:
        yield _ok("A worker is running.")


def backlog(now: datetime) -> Iterator[Finding]:
    """What carriers told us is dealt with soon."""
    waiting, first = PendingEvent.objects.aggregate(n=Count("event_id"), first=Min("event_id")).values()
    oldest = InboundEvent.objects.filter(pk=first).values_list("received_at", flat=True).first()
    if oldest and now - oldest > BACKLOG_AGE:
        age = (now - oldest).total_seconds() / 60
        yield _problem(f"{waiting} callbacks wait to be routed, the oldest for {age:.0f} min. Add workers.")
    else:
        yield _ok(f"{waiting} callbacks wait to be routed.")


def set_aside() -> Iterator[Finding]:
    """No callback failed for good."""
    count = InboundEvent.objects.filter(state=EventState.SET_ASIDE).count()
    if count:
        yield _problem(f"{count} callbacks were set aside after an error; their rows say why.")
    else:
        yield _ok("No callback was set aside.")


def copy() -> Iterator[Finding]:
    """This database is the one that sends."""
    here, held_at = queries.where_we_are()
    if held_at:
        found = OutboxEntry.objects.aggregate(
            doubted=Count("pk", filter=Q(unknown_at=held_at)), new=Count("pk", filter=Q(unknown_at=None))
        )
        yield _problem(
            f"Sending is held since {held_at:%Y-%m-%d %H:%M} UTC, because this installation was restored or copied: "
            f"{found['doubted']} texts that it found queued may have been sent elsewhere, {found['new']} written since "
            "wait. Make sure that no other copy can send any more, then run `scopchat resume-sending`."
        )
    elif not here:
        yield _problem(
            "This database was restored or copied. The worker will hold what is queued in it, and send nothing "
            "before `scopchat resume-sending`."
        )
    else:
        yield _ok("This database is the one that sends.")


def unknown_messages() -> Iterator[Finding]:
    """Every text either left or did not."""
    count = Message.objects.filter(status=MessageStatus.UNKNOWN).count()
    if count:
        yield _advice(f"{count} texts may or may not have been sent; a person has to decide in the conversation.")
    else:
        yield _ok("It is known of every text whether it was sent.")


def incidents() -> Iterator[Finding]:
    """Every carrier account works."""
    for provider in Provider.objects.filter(is_active=True).order_by("pk"):
        if not provider.is_readable:
            yield _problem(
                f"The credentials of provider {provider.pk} ({provider.name}) cannot be read: put the key that stored"
                " them back into SCOPCHAT_FIELD_KEYS, or type them again on its page."
            )
        elif provider.incident:
            yield _problem(f"Provider {provider.pk} ({provider.name}) reports: {provider.incident}")
