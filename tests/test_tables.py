"""How every table grows is written down, and what is said to be removed is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django_scopes import scopes_disabled

from scopchat.channels.models import EventState, InboundEvent, PendingEvent
from scopchat.channels.providers.base import Event
from scopchat.channels.providers.simulator.models import SimulatedPhone, SimulatedText
from scopchat.common.clock import utc_now
from scopchat.gateway import housekeeping
from scopchat.gateway.database import Jobs, in_thread_unscoped
from scopchat.gateway.housekeeping import PRUNERS
from tests.cast import Cast

DOCUMENT = Path(__file__).parent.parent / "docs" / "operations.md"


def documented() -> Iterator[tuple[str, str]]:
    """Each table of the document, with how long its rows are kept."""
    chapter = DOCUMENT.read_text().partition("## What grows, and what is removed")[2].partition("\n## ")[0]
    for names, _grows, kept in re.findall(r"^\| (`.*?`) \| (.*?) \| (.*?) \|$", chapter, re.MULTILINE):
        for name in re.findall(r"`(\w+)`", names):
            yield name, kept


def test_every_table_says_how_it_grows(db: None) -> None:
    names = [name for name, _kept in documented()]
    assert sorted(names) == sorted(connection.introspection.table_names())


def test_what_is_removed_is_written_down(db: None) -> None:
    kept = dict(documented())
    for pruner in PRUNERS:
        if pruner.keeps:
            assert f"{pruner.keeps.days} days" in kept[pruner.table], pruner.table
    assert f"{housekeeping.JOBS_KEPT.days} days" in kept["procrastinate_jobs"]


@pytest.fixture
def journaled(cast: Cast) -> dict[str, InboundEvent]:
    """Callbacks of every sort, each old but for one; the names say which are needed still."""

    def made(name: str, state: EventState, event: Event = Event.INBOUND, days: int = 31) -> InboundEvent:
        return InboundEvent.objects.create(
            provider=cast.provider, event=event, carrier_key=name, shard=3, method="POST", url="", body=b"",
            received_at=utc_now() - timedelta(days=days), state=state,
        )  # fmt: skip

    found = {
        "done": made("done", EventState.ACCEPTED),
        "refused": made("refused", EventState.REFUSED),
        "receipt of nobody": made("receipt of nobody", EventState.UNMATCHED, Event.STATUS),
        "receipt set aside": made("receipt set aside", EventState.SET_ASIDE, Event.STATUS),
        "waits for a channel": made("waits for a channel", EventState.UNMATCHED),
        "set aside": made("set aside", EventState.SET_ASIDE),
        "not routed": made("not routed", EventState.ACCEPTED),
        "young": made("young", EventState.ACCEPTED, days=29),
    }
    PendingEvent.objects.create(shard=3, event_id=found["not routed"].pk)
    return found


@pytest.mark.parametrize("at_once", [1, 3, 5000])
def test_the_journal_keeps_what_was_acknowledged_and_is_not_done(
    journaled: dict[str, InboundEvent], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scopchat.channels.journal_replay.PRUNED_AT_ONCE", at_once)
    (pruner,) = [one for one in PRUNERS if one.table == "channels_inboundevent"]
    with scopes_disabled():
        assert sum(pruner.prune(utc_now() - pruner.keeps)) == 4
    left = set(InboundEvent.objects.values_list("carrier_key", flat=True))
    assert left == {"waits for a channel", "set aside", "not routed", "young"}


def test_old_texts_of_toy_phones_go(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scopchat.channels.providers.simulator.services.PRUNED_AT_ONCE", 2)
    with scopes_disabled():
        phone = SimulatedPhone.objects.create(company=cast.client, number="+15145550199")
        for days in (95, 94, 93, 92, 91, 1):
            SimulatedText.objects.create(
                company=cast.client, phone=phone, channel_address="x", from_customer=True,
                created_at=utc_now() - timedelta(days=days),
            )  # fmt: skip
        (pruner,) = [one for one in PRUNERS if one.table == "simulator_simulatedtext"]
        assert sum(pruner.prune(utc_now() - pruner.keeps)) == 5
        assert SimulatedText.objects.count() == 1


@pytest.mark.django_db(transaction=True)
async def test_one_that_fails_keeps_no_other_from_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, days in (("old", -1), ("new", 1)):
        expires = utc_now() + timedelta(days=days)
        await in_thread_unscoped(Session.objects.create, session_key=key, session_data="", expire_date=expires)

    def broken(_before: object) -> Iterator[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM nowhere")
        yield 0

    (sessions,) = [one for one in PRUNERS if one.table == "django_session"]
    broken_one = housekeeping.Pruner("nowhere", timedelta(0), broken)
    monkeypatch.setattr(housekeeping, "PRUNERS", (broken_one, sessions))
    async with Jobs() as jobs:
        await housekeeping.prune(jobs.app.job_manager)
    assert await in_thread_unscoped(lambda: [one.session_key for one in Session.objects.all()]) == ["new"]
