"""Mass sends on their way to a carrier, through the runs that send everything else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django_scopes import scopes_disabled

from scopchat.channels.drains import Work
from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.gateway import leases, queries, sender, turns
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.models import ShardLease
from scopchat.gateway.tests.carriers import answering, drain, point_at, queue, serving
from scopchat.gateway.tests.conftest import Desk
from scopchat.gateway.turns import Room
from scopchat.masssends.audience import Audience
from scopchat.masssends.models import MassSend, PauseCause, Recipient, SendState
from scopchat.masssends.services.steering import confirm, pause, pause_copied, resume
from scopchat.masssends.tests.desk import left, number, prepared
from scopchat.tenancy.models import Company

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 30


@pytest.fixture(autouse=True)
def _allowed(desk: Desk) -> Iterator[None]:
    Company.objects.filter(pk=desk.cast.client.pk).update(mass_sends=True)
    desk.cast.client.mass_sends = True
    with scopes_disabled():
        yield


def mass_send(desk: Desk, many: int = MANY) -> MassSend:
    """Confirmed, at any hour."""
    hour = utc_now().time()
    made = prepared(
        desk.cast, Audience(numbers=tuple(map(number, range(many)))), channel=desk.channel, quiet_from=hour,
        quiet_until=hour,
    )  # fmt: skip
    confirm(mass_send=made, typed=None, acting=desk.cast.admin, now=utc_now())
    return made


async def fresh(made: MassSend) -> MassSend:
    found: MassSend = await in_thread_unscoped(lambda: MassSend.objects.get(pk=made.pk))
    return found


async def test_each_is_texted_once(desk: Desk) -> None:
    made = await in_thread_unscoped(mass_send, desk)
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    assert sorted(text.recipient for text in desk.carrier.texts.values()) == [number(place) for place in range(MANY)]
    found = await fresh(made)
    assert (found.state, found.sent, found.waiting, found.on_its_way) == (SendState.ENDED, MANY, 0, 0)


async def test_talk_goes_first(desk: Desk) -> None:
    """The mass send has what room is left beside the answers, of which one goes to a customer at a time."""
    await in_thread_unscoped(mass_send, desk)
    for text in ("Oui", "Non"):
        await in_thread_unscoped(queue, desk, text, to="+15145559999")
    lease = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
    taken = await in_thread_unscoped(turns.take_turn, lease, sender.uuid.uuid4(), Room(4), utc_now())
    assert [text.message.text for text in taken.claimed] == ["Oui", "Bonjour", "Bonjour", "Bonjour"]


async def test_a_refused_account_pauses_the_send_and_fails_nobody(desk: Desk) -> None:
    made = await in_thread_unscoped(mass_send, desk)
    async with serving(answering(401, b'{"code": 20003}')) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    found = await fresh(made)
    assert (found.state, found.cause, found.failed, found.sent) == (SendState.PAUSED, PauseCause.ACCOUNT, 0, 0)
    await in_thread_unscoped(lambda: resume(mass_send=made, acting=desk.cast.admin))
    async with serving(FakeServer(desk.carrier)) as url:
        turns._account.cache_clear()
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    assert sorted(text.recipient for text in desk.carrier.texts.values()) == [number(place) for place in range(MANY)]
    assert (await fresh(made)).sent == MANY


async def test_a_killed_run_leaves_what_it_claimed_and_nothing_else(desk: Desk) -> None:
    made = await in_thread_unscoped(mass_send, desk)
    lease = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
    await in_thread_unscoped(turns.take_turn, lease, sender.uuid.uuid4(), Room(10), utc_now())
    await in_thread_unscoped(lambda: _age(lease))
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    found = await fresh(made)
    assert (found.unknown, found.sent, found.taken, found.state) == (10, MANY - 10, MANY, SendState.ENDED)
    assert len({text.recipient for text in desk.carrier.texts.values()}) == len(desk.carrier.texts) == MANY - 10


def _age(lease: leases.Lease) -> None:
    ShardLease.objects.filter(shard=lease.shard).update(claimed_at=utc_now() - timedelta(minutes=1))


async def test_the_sweep_finds_what_no_job_stands_for(desk: Desk) -> None:
    shard = desk.channel.shard
    made = await in_thread_unscoped(mass_send, desk)
    assert shard in await in_thread_unscoped(queries.shards_to_send, utc_now())
    await in_thread_unscoped(lambda: pause(mass_send=made, acting=desk.cast.admin))
    assert shard not in await in_thread_unscoped(queries.shards_to_send, utc_now())
    await in_thread_unscoped(lambda: resume(mass_send=made, acting=desk.cast.admin))
    await in_thread_unscoped(_until_morning, made)
    assert shard not in await in_thread_unscoped(queries.shards_to_send, utc_now())
    assert shard in await in_thread_unscoped(queries.shards_to_send, utc_now() + timedelta(hours=2))


def _until_morning(made: MassSend) -> None:
    morning = utc_now() + timedelta(hours=1)
    Recipient.objects.filter(mass_send=made).update(state=Recipient.State.PUT_OFF, not_before=morning)
    MassSend.objects.filter(pk=made.pk).update(position=MassSend.objects.get(pk=made.pk).last_id)


async def test_another_copy_of_the_installation_sends_nothing_on(desk: Desk) -> None:
    made = await in_thread_unscoped(mass_send, desk)
    await in_thread_unscoped(pause_copied)
    async with serving(FakeServer(desk.carrier)) as url, http.Client(allow_private=True):
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    assert desk.carrier.texts == {}
    assert (await fresh(made)).cause == PauseCause.COPIED


async def test_who_leaves_while_the_carrier_refuses_gets_nothing_once_it_is_mended(desk: Desk) -> None:
    made = await in_thread_unscoped(mass_send, desk)
    async with serving(answering(401, b'{"code": 20003}')) as url:
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    await in_thread_unscoped(left, desk.channel, 3)
    await in_thread_unscoped(lambda: resume(mass_send=made, acting=desk.cast.admin))
    async with serving(FakeServer(desk.carrier)) as url:
        turns._account.cache_clear()
        await in_thread_unscoped(point_at, desk, url)
        await drain(desk)
    texted = {text.recipient for text in desk.carrier.texts.values()}
    assert texted == {number(place) for place in range(MANY) if place != 3}
    found = await fresh(made)
    assert (found.sent, found.failed, found.on_its_way) == (MANY - 1, 1, 0)
