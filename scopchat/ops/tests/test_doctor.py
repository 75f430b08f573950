"""The doctor says what is wrong, and nothing when nothing is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django_scopes import scope, scopes_disabled
from pytest_django import Settings

from scopchat.channels.models import EventState, InboundEvent, PendingEvent
from scopchat.common.clock import utc_now
from scopchat.gateway import copies
from scopchat.gateway.models import Installation
from scopchat.ops import doctor
from scopchat.ops.doctor import Finding, Level
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _problems(findings: list[Finding]) -> list[str]:
    return [finding.text for finding in findings if finding.level is Level.PROBLEM]


def _event(cast: Cast, *, age: timedelta, state: EventState) -> None:
    event = InboundEvent.objects.create(
        provider=cast.provider,
        event="inbound",
        carrier_key="k",
        shard=1,
        method="POST",
        url="/",
        body=b"",
        received_at=utc_now() - age,
        state=state,
    )
    if state == EventState.ACCEPTED:
        PendingEvent.objects.create(shard=event.shard, event_id=event.pk)


def _worker(*, silent_for: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [utc_now() - silent_for])


def test_it_finds_no_migration_missing() -> None:
    assert [finding.level for finding in doctor.migrations()] == [Level.OK]


def test_it_agrees_with_the_databases_clock() -> None:
    assert [finding.level for finding in doctor.clock(utc_now())] == [Level.OK]


def test_it_finds_a_clock_that_is_off() -> None:
    (finding,) = doctor.clock(utc_now() + timedelta(minutes=1))

    assert finding.level is Level.PROBLEM
    assert "differ by 60 s" in finding.text or "differ by 59 s" in finding.text


@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("https://texto.exemple.test", Level.OK),
        ("http://127.0.0.1:8000", Level.ADVICE),
        ("http://texto.exemple.test", Level.PROBLEM),
    ],
)
def test_it_wants_a_public_address_over_tls(settings: Settings, url: str, level: Level) -> None:
    settings.PUBLIC_URL = url

    assert [finding.level for finding in doctor.public_address()] == [level]


def test_it_finds_a_short_secret_key(settings: Settings) -> None:
    settings.SECRET_KEY = "short"

    assert "shorter than 32" in _problems(list(doctor.secret_key()))[0]


def test_it_finds_a_media_folder_that_cannot_be_written(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file"

    assert "cannot be kept" in _problems(list(doctor.media_folder()))[0]


def test_it_misses_a_worker() -> None:
    assert "No worker runs" in _problems(list(doctor.worker(utc_now())))[0]


def test_it_misses_a_worker_that_fell_silent() -> None:
    _worker(silent_for=timedelta(seconds=31))

    assert "No worker has been heard of" in _problems(list(doctor.worker(utc_now())))[0]


def test_it_sees_a_worker() -> None:
    _worker(silent_for=timedelta(seconds=5))

    assert _problems(list(doctor.worker(utc_now()))) == []


def test_it_finds_an_old_backlog(cast: Cast) -> None:
    _event(cast, age=timedelta(minutes=5), state=EventState.ACCEPTED)

    assert _problems(list(doctor.backlog(utc_now()))) == [
        "1 callbacks wait to be routed, the oldest for 5 min. Add workers."
    ]


def test_it_accepts_a_fresh_backlog(cast: Cast) -> None:
    _event(cast, age=timedelta(seconds=5), state=EventState.ACCEPTED)

    assert _problems(list(doctor.backlog(utc_now()))) == []


def test_it_finds_callbacks_set_aside(cast: Cast) -> None:
    _event(cast, age=timedelta(days=5), state=EventState.SET_ASIDE)

    assert "1 callbacks were set aside" in _problems(list(doctor.set_aside()))[0]


def test_it_repeats_what_a_carrier_account_reports(cast: Cast) -> None:
    with scope(company=cast.client):
        cast.provider.incident = "account suspended"
        cast.provider.save(update_fields=["incident"])

    assert any("account suspended" in problem for problem in _problems(doctor.examine(now=utc_now())))


def test_it_names_providers_whose_credentials_cannot_be_read(cast: Cast, settings: Settings) -> None:
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with scopes_disabled():
        found = _problems(list(doctor.incidents()))

    assert f"provider {cast.provider.pk} ({cast.provider.name}) cannot be read" in found[0]
    assert "SCOPCHAT_FIELD_KEYS" in found[0]


def test_it_examines_everything_on_a_sound_installation(cast: Cast, settings: Settings, tmp_path: Path) -> None:
    settings.PUBLIC_URL = "https://texto.exemple.test"
    settings.MEDIA_ROOT = tmp_path
    _worker(silent_for=timedelta(seconds=1))

    # The tests' own database keeps nothing over a power cut, and the doctor sees it.
    assert _problems(doctor.examine(now=utc_now())) == [
        "PostgreSQL runs with fsync off: a power cut would lose messages."
    ]


def test_it_says_that_a_copy_holds_its_texts() -> None:
    assert [finding.level for finding in doctor.copy()] == [Level.OK]
    Installation.objects.update(place="another")

    assert "This database was restored or copied" in _problems(list(doctor.copy()))[0]
    copies.look(datetime(2026, 11, 24, 10, 30, tzinfo=UTC))

    (told,) = _problems(list(doctor.copy()))
    assert told == (
        "Sending is held since 2026-11-24 10:30 UTC, because this installation was restored or copied: "
        "0 texts that it found queued may have been sent elsewhere, 0 written since wait. "
        "Make sure that no other copy can send any more, then run `scopchat resume-sending`."
    )
