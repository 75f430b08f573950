"""What is found out about texts of which nobody knows whether they left, and what proves it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django_scopes import scopes_disabled

from scopchat.channels.models import EventState, InboundEvent
from scopchat.channels.providers.base import Candidate
from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.lookups import FIRST_LOOK, Lookups, look_up_unknown, proof
from scopchat.gateway.tests.carriers import fresh, point_at, queue, second_account, serving
from scopchat.gateway.tests.conftest import Desk, route_everything
from scopchat.gateway.tests.test_router import report
from scopchat.interactions.models import Message, OutboxEntry
from scopchat.interactions.status import MessageStatus

pytestmark = pytest.mark.django_db(transaction=True)

AGO = FIRST_LOOK + timedelta(seconds=5)


def unknown(desk: Desk, text: str, *, to: str = "+15145550142", ago: timedelta = AGO) -> OutboxEntry:
    """A text that was claimed so long ago and of which no more is known."""
    message = queue(desk, text, to=to)
    Message.objects.filter(pk=message.pk).update(status=MessageStatus.UNKNOWN)
    OutboxEntry.objects.filter(message=message).update(
        claim=uuid4(), claimed_at=utc_now() - ago, unknown_at=utc_now(), attempts=1
    )
    return OutboxEntry.objects.select_related("message", "channel").get(message=message)


def at(entry: OutboxEntry, seconds: float) -> datetime:
    assert entry.claimed_at is not None
    return entry.claimed_at + timedelta(seconds=seconds)


async def ask(desk: Desk) -> int:
    async with serving(FakeServer(desk.carrier)) as url, http.Client(allow_private=True) as client:
        await in_thread_unscoped(point_at, desk, url)
        return await look_up_unknown(client)


async def test_it_asks_the_carrier_about_unknown_texts(desk: Desk) -> None:
    yes = await in_thread_unscoped(unknown, desk, "Oui")
    no = await in_thread_unscoped(unknown, desk, "Non", to="+15145550199")
    desk.carrier.create([("To", "+15145550142"), ("From", desk.channel.address), ("Body", "Oui")])
    assert await ask(desk) == 1
    assert [(await in_thread_unscoped(fresh, entry.message)).status for entry in (yes, no)] == ["sent", "unknown"]


async def test_a_text_that_was_found_has_the_receipts_that_waited_for_it(desk: Desk) -> None:
    entry = await in_thread_unscoped(unknown, desk, "Oui")
    created = desk.carrier.create([("To", "+15145550142"), ("From", desk.channel.address), ("Body", "Oui")])
    await in_thread_unscoped(report, desk, created.sid, "delivered")
    await in_thread_unscoped(route_everything)
    assert await in_thread_unscoped(lambda: InboundEvent.objects.get().state) == EventState.UNMATCHED
    await ask(desk)
    await in_thread_unscoped(route_everything)
    assert (await in_thread_unscoped(fresh, entry.message)).status == "delivered"


@pytest.fixture
def entry(desk: Desk) -> OutboxEntry:
    with scopes_disabled():
        return unknown(desk, "Oui")


def proved(entry: OutboxEntry, *candidates: Candidate) -> str | None:
    with scopes_disabled():
        return proof(entry, candidates)


def test_one_text_of_these_words_since_the_attempt_is_proof(entry: OutboxEntry) -> None:
    assert proved(entry, Candidate("SM1", at(entry, 0.2))) == "SM1"
    assert proved(entry, Candidate("SM1", None)) == "SM1"


def test_two_are_none(entry: OutboxEntry) -> None:
    assert proved(entry, Candidate("SM1", at(entry, 0.2)), Candidate("SM2", at(entry, 0.4))) is None


def test_what_is_older_than_the_attempt_proves_nothing(entry: OutboxEntry) -> None:
    assert proved(entry, Candidate("SM1", at(entry, -60))) is None
    assert proved(entry, Candidate("SM1", at(entry, -60)), Candidate("SM2", at(entry, 1))) == "SM2"


def test_an_id_that_is_known_already_proves_nothing(desk: Desk, entry: OutboxEntry) -> None:
    """A retry that never left: the carrier has the earlier attempt's text of the same words, sent a moment before."""
    with scopes_disabled():
        earlier = queue(desk, "Oui")
        OutboxEntry.objects.filter(message=earlier).delete()
        Message.objects.filter(pk=earlier.pk).update(status=MessageStatus.SENT, carrier_id="SM1")
    assert proved(entry, Candidate("SM1", at(entry, -1))) is None


def test_two_unknown_texts_of_the_same_words_are_not_told_apart(desk: Desk, entry: OutboxEntry) -> None:
    with scopes_disabled():
        twin = unknown(desk, "Oui")
    assert [proved(one, Candidate("SM1", at(entry, 1))) for one in (entry, twin)] == [None, None]
    assert proved(entry, Candidate("SM1", None)) == "SM1"


class Hanging:
    """A carrier that lists what cannot be read, or never answers."""

    def __init__(self, body: bytes | None) -> None:
        self.body = body
        self.asked = 0

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        await receive()
        if self.body is None:
            await receive()
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": self.body})


@pytest.mark.parametrize(
    "body", [b"<html>", json.dumps({"messages": [{"body": "Oui", "direction": 7}]}).encode(), None], ids=str
)
async def test_an_account_that_cannot_be_read_or_hangs_costs_another_nothing(desk: Desk, body: bytes | None) -> None:
    good = await in_thread_unscoped(unknown, desk, "Oui")
    other = await in_thread_unscoped(second_account, desk)
    bad = [await in_thread_unscoped(unknown, other, "Oui", to=f"+1514555{n:04}") for n in range(30)]
    desk.carrier.create([("To", "+15145550142"), ("From", desk.channel.address), ("Body", "Oui")])
    carrier = Hanging(body)
    async with serving(FakeServer(desk.carrier)) as url, serving(carrier) as bad_url:
        await in_thread_unscoped(point_at, desk, url)
        await in_thread_unscoped(point_at, other, bad_url)
        async with http.Client(allow_private=True) as client:
            chosen = [
                one for one in await in_thread_unscoped(_chosen) if one.pk in {good.pk, *(entry.pk for entry in bad)}
            ]
            assert len(chosen) == 21
            asking = Lookups(client)
            asking._client.request = _in_a_hurry(client)  # type: ignore[method-assign]
            assert await asking.run(chosen) == 1
    assert (await in_thread_unscoped(fresh, good.message)).status == "sent"
    assert carrier.asked == (4 if body is None else 20)


def _in_a_hurry(client: http.Client) -> Any:
    request = client.request
    return lambda *where, **more: request(*where, **{**more, "timeout": timedelta(seconds=0.5)})


def _chosen() -> list[OutboxEntry]:
    from scopchat.gateway.lookups import _unknown

    return _unknown(utc_now())
