"""A carrier that takes requests and never answers: its own texts wait, others' do not."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django_scopes import scope

from scopchat.channels.drains import Work
from scopchat.channels.models import Channel
from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.common import http
from scopchat.gateway import flight, leases, sender, turns
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.tests.carriers import drain, fresh, point_at, queue, second_account, serving
from scopchat.gateway.tests.conftest import Desk

pytestmark = pytest.mark.django_db(transaction=True)


class Silent:
    """Takes requests and keeps them."""

    def __init__(self) -> None:
        self.under_way = 0
        self.most = 0
        self.ends = asyncio.Event()

    async def __call__(self, _scope: Any, _receive: Any, _send: Any) -> None:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.ends.wait()


def queue_many(desk: Desk, count: int) -> None:
    with scope(company=desk.cast.client):
        Channel.objects.filter(pk=desk.channel.pk).update(throughput=1000)
    for n in range(count):
        queue(desk, str(n), to=f"+1514555{n:04}")


async def test_texts_on_the_same_shard_do_not_wait_for_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flight, "PLACES", 40)
    monkeypatch.setattr(flight, "SLOW_PLACES", 5)
    silent, other = Silent(), await in_thread_unscoped(second_account, desk)
    await in_thread_unscoped(queue_many, desk, 100)
    async with serving(silent) as hangs, serving(FakeServer(desk.carrier)) as answers:
        await in_thread_unscoped(point_at, desk, hangs)
        await in_thread_unscoped(point_at, other, answers)
        lease = await in_thread_unscoped(leases.take, Work.SEND, desk.channel.shard)
        async with http.Client(allow_private=True) as client:
            run = asyncio.create_task(sender.run(lease, client))
            async with asyncio.timeout(10):
                while silent.under_way < 40:
                    await asyncio.sleep(0.01)
            waits = [await sent_after(other, n) for n in range(8)]
            assert silent.most == 40
            run.cancel()
            silent.ends.set()
            await asyncio.gather(run, return_exceptions=True)
    print("seconds", [round(one, 2) for one in waits])
    # The first may have to find out that the other carrier hangs, which takes a second.
    assert max(waits) < 2.5
    assert sorted(waits)[4] < 0.5


async def test_an_account_whose_secrets_are_lost_stops_no_other_on_its_shard(desk: Desk, settings: Any) -> None:
    lost = await in_thread_unscoped(queue, desk, "of the lost account")
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    other = await in_thread_unscoped(second_account, desk)
    turns._account.cache_clear()
    text = await in_thread_unscoped(queue, other, "of another")
    async with serving(FakeServer(desk.carrier)) as url:
        await in_thread_unscoped(point_at, other, url)
        await drain(desk)
    assert [(await in_thread_unscoped(fresh, one)).status for one in (lost, text)] == ["queued", "sent"]


async def sent_after(desk: Desk, number: int) -> float:
    began = time.monotonic()
    text = await in_thread_unscoped(queue, desk, "x", to=f"+1438555{number:04}")
    while (await in_thread_unscoped(fresh, text)).status != "sent":
        await asyncio.sleep(0.02)
        assert time.monotonic() - began < 10
    return time.monotonic() - began
