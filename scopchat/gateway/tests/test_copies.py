"""A copy of the installation sends nothing that the original may have sent, and nothing at all until it is told to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django_scopes import scopes_disabled
from procrastinate.contrib.django.models import ProcrastinateJob

from scopchat.channels.drains import Work
from scopchat.channels.providers.base import Attempt, Receipt, ReceiptStatus
from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.gateway import copies, leases, notice, sweep, turns
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.leases import Held
from scopchat.gateway.lookups import look_up_unknown
from scopchat.gateway.models import Installation
from scopchat.gateway.tests.carriers import drain, fresh, on_its_way, point_at, queue, serving
from scopchat.gateway.tests.conftest import Desk
from scopchat.gateway.turns import Room
from scopchat.interactions.models import Message, OutboxEntry
from scopchat.interactions.services.delivery import Report, apply_receipts, settle_unknown
from tests.at_once import at_once
from tests.people import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def move() -> None:
    """From here on this database is a copy of the one that the installation knows."""
    Installation.objects.update(place="another")


def restore_the_table() -> None:
    """As a dump does: the same rows, in a table made anew in the same database."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE made_anew (LIKE gateway_installation INCLUDING ALL)")
        cursor.execute("INSERT INTO made_anew SELECT * FROM gateway_installation")
        cursor.execute("DROP TABLE gateway_installation")
        cursor.execute("ALTER TABLE made_anew RENAME TO gateway_installation")


async def send_everything(desk: Desk) -> None:
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)


async def sends_nothing(desk: Desk) -> None:
    with pytest.raises(Held):
        await drain(desk)


def bodies(desk: Desk) -> list[str]:
    return [text.body for text in desk.carrier.texts.values()]


async def test_the_database_that_was_migrated_sends(desk: Desk) -> None:
    await in_thread_unscoped(queue, desk, "Bonjour")
    assert await in_thread_unscoped(copies.look, utc_now()) is True
    await send_everything(desk)
    assert bodies(desk) == ["Bonjour"]


@pytest.mark.parametrize("copied", [move, restore_the_table, Installation.objects.all().delete])
async def test_a_copy_holds_what_it_finds_queued_and_sends_nothing(desk: Desk, copied: object) -> None:
    before = await in_thread_unscoped(queue, desk, "Avant")
    await in_thread_unscoped(copied)  # type: ignore[arg-type]
    await sends_nothing(desk)
    assert await in_thread_unscoped(copies.look, utc_now()) is False
    after = await in_thread_unscoped(queue, desk, "Après", to="+15145550199")
    await sends_nothing(desk)
    assert [(await in_thread_unscoped(fresh, text)).status for text in (before, after)] == ["unknown", "queued"]


async def test_told_that_it_is_the_only_one_it_sends_what_was_written_in_it_alone(desk: Desk) -> None:
    before = await in_thread_unscoped(queue, desk, "Avant")
    await in_thread_unscoped(move)
    await in_thread_unscoped(copies.look, utc_now())
    await in_thread_unscoped(queue, desk, "Après", to="+15145550199")
    await in_thread_unscoped(copies.resume, utc_now())
    await send_everything(desk)
    assert bodies(desk) == ["Après"]
    assert (await in_thread_unscoped(fresh, before)).status == "unknown"


async def test_a_copy_that_is_told_so_at_once_still_doubts_what_it_found_queued(desk: Desk) -> None:
    text = await in_thread_unscoped(queue, desk, "Avant")
    await in_thread_unscoped(move)
    await in_thread_unscoped(copies.resume, utc_now())
    lease = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
    assert (await in_thread_unscoped(turns.take_turn, lease, uuid4(), Room(10), utc_now())).claimed == []
    assert (await in_thread_unscoped(fresh, text)).status == "unknown"


async def test_a_copy_of_a_copy_that_holds_doubts_what_was_written_in_that_one(desk: Desk) -> None:
    await in_thread_unscoped(move)
    await in_thread_unscoped(copies.look, utc_now())
    text = await in_thread_unscoped(queue, desk, "Entre les deux")
    await in_thread_unscoped(move)
    assert await in_thread_unscoped(copies.look, utc_now()) is False
    assert (await in_thread_unscoped(fresh, text)).status == "unknown"


def entry(message: Message) -> tuple[int, datetime | None]:
    found = on_its_way(message)
    assert found.claim is not None
    return found.attempts, found.claimed_at


async def test_what_it_doubts_is_one_attempt_later_than_what_it_knows(desk: Desk) -> None:
    new, tried, claimed = [await in_thread_unscoped(queue, desk, "x", to=f"+1514555010{n}") for n in range(3)]
    later = new.created_at + timedelta(minutes=3)
    await in_thread_unscoped(OutboxEntry.objects.filter(message=tried).update, attempts=2, not_before=later)
    at = new.created_at + timedelta(seconds=1)
    await in_thread_unscoped(
        OutboxEntry.objects.filter(message=claimed).update, attempts=1, claim=uuid4(), claimed_at=at
    )
    await in_thread_unscoped(move)
    await in_thread_unscoped(copies.look, utc_now())
    assert await in_thread_unscoped(entry, new) == (1, new.created_at)
    assert await in_thread_unscoped(entry, tried) == (3, later)
    assert await in_thread_unscoped(entry, claimed) == (1, at)


async def test_the_carrier_is_asked_about_what_it_doubts_however_late(desk: Desk) -> None:
    yes, no = [await in_thread_unscoped(queue, desk, words, to="+15145550142") for words in ("Oui", "Non")]
    long_ago = utc_now() - timedelta(days=3)
    await in_thread_unscoped(Message.objects.update, created_at=long_ago)
    await in_thread_unscoped(move)
    await in_thread_unscoped(copies.look, long_ago)
    desk.carrier.create([("To", "+15145550142"), ("From", desk.channel.address), ("Body", "Oui")])
    async with serving(FakeServer(desk.carrier)) as url, http.Client(allow_private=True) as client:
        await in_thread_unscoped(point_at, desk, url)
        assert await look_up_unknown(client) == 1
        await in_thread_unscoped(copies.resume, utc_now())
        assert await look_up_unknown(client) == 0
    assert [(await in_thread_unscoped(fresh, text)).status for text in (yes, no)] == ["sent", "unknown"]


async def test_a_receipt_that_names_the_other_copys_attempt_settles_it(desk: Desk) -> None:
    text = await in_thread_unscoped(queue, desk, "x")
    await in_thread_unscoped(move)
    await in_thread_unscoped(copies.look, utc_now())
    receipt = Receipt("SM1", desk.channel.address, ReceiptStatus.DELIVERED, "delivered", attempt=Attempt(text.pk, 1, 0))
    report = Report(desk.channel.pk, receipt, utc_now())
    assert await in_thread_unscoped(lambda: apply_receipts(reports=[report])) == set()
    assert (await in_thread_unscoped(fresh, text)).status == "delivered"


@pytest.mark.parametrize(("was_sent", "status", "attempts"), [(True, "sent", []), (False, "queued", [2])])
async def test_a_person_decides_about_what_it_doubts(
    desk: Desk, was_sent: bool, status: str, attempts: list[int]
) -> None:
    text = await in_thread_unscoped(queue, desk, "x")
    await in_thread_unscoped(move)
    await in_thread_unscoped(copies.look, utc_now())

    def decide() -> None:
        settle_unknown(message=fresh(text), acting=desk.cast.admin, was_sent=was_sent, now=utc_now())

    await in_thread_unscoped(decide)
    await in_thread_unscoped(copies.resume, utc_now())
    lease = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
    claimed = (await in_thread_unscoped(turns.take_turn, lease, uuid4(), Room(10), utc_now())).claimed
    assert [each.message.attempt.number for each in claimed] == attempts
    assert (await in_thread_unscoped(fresh, text)).status == status


async def test_a_run_of_before_claims_nothing_more(desk: Desk) -> None:
    await in_thread_unscoped(queue, desk, "x")
    lease = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
    await in_thread_unscoped(move)
    await in_thread_unscoped(copies.look, utc_now())
    assert (await in_thread_unscoped(turns.take_turn, lease, uuid4(), Room(10), utc_now())).claimed == []


def swept() -> None:
    with scopes_disabled():
        sweep.sweep()


def test_the_sweep_finds_that_this_is_a_copy_and_asks_for_no_run(desk: Desk) -> None:
    queue(desk, "Avant")
    move()
    swept()
    queue(desk, "Après", to="+15145550199")
    ProcrastinateJob.objects.all().delete()
    swept()
    assert not ProcrastinateJob.objects.filter(task_name=Work.SEND.task_name).exists()
    copies.resume(utc_now())
    swept()
    assert ProcrastinateJob.objects.filter(task_name=Work.SEND.task_name).exists()


def test_of_several_that_find_it_at_once_one_holds(desk: Desk) -> None:
    text = queue(desk, "x")
    move()
    looks = [lambda: copies.look(utc_now())] * 4
    assert at_once(desk.cast.client, *looks, written="interactions_outboxentry") == [False] * 4
    assert entry(text)[0] == 1


def test_administrators_are_told_on_every_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice, "held", notice.Held())
    monkeypatch.setattr(notice, "SECONDS", 0.0)
    told = "scopchat resume-sending"
    assert told not in signed_in(desk.cast.admin).get("/messages/").content.decode()
    move()
    copies.look(utc_now())
    assert told in signed_in(desk.cast.admin).get("/messages/").content.decode()
    assert told in signed_in(desk.cast.operator_admin).get("/companies/").content.decode()
    assert told not in signed_in(desk.cast.agent).get("/messages/").content.decode()


def test_pages_ask_the_database_now_and_then(desk: Desk, django_assert_num_queries: Any) -> None:
    held = notice.Held()
    move()
    copies.look(utc_now())
    with django_assert_num_queries(1):
        assert [held.now(), held.now()] == [True, True]
