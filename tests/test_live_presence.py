"""Presence over live streams: who hears of whom, and a stream as a sign of life."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from scopchat.accounts import presence
from scopchat.accounts.models import Presence, User
from scopchat.channels.models import Channel
from scopchat.channels.providers.base import InboundMessage
from scopchat.common.clock import utc_now
from scopchat.events.catalogue import AccessChanged, InteractionChange
from scopchat.events.publish import publish
from scopchat.gateway.database import in_thread_unscoped
from scopchat.interactions.services.receive import Arrival, receive
from scopchat.interactions.visibility import Viewer
from scopchat.web.live import presence_heartbeat
from scopchat.web.live.client import Client, Shows
from scopchat.web.live.viewer import LiveViewer
from tests.cast import Cast
from tests.live import Page, live, opened
from tests.people import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = "people=1"


def choose(person: User, chosen: Presence) -> None:
    presence.choose(person=person, presence=chosen, now=utc_now())


async def hears(page: Page, person: User, expected: str) -> None:
    """Waits until the page hears this of the person; what it hears of others before is passed over."""
    while True:
        event, told = await page.next()
        if event == "presence" and told.get(str(person.pk)) == expected:
            return


async def hears_of_nobody_else(page: Page, person: User, expected: str) -> None:
    """As `hears`, of the page's own person, and until then of nobody else."""
    while True:
        event, told = await page.next()
        assert (event, set(told)) == ("presence", {str(person.pk)})
        if told == {str(person.pk): expected}:
            return


async def test_colleagues_who_may_choose_among_people_hear_of_them(cast: Cast) -> None:
    async with live() as feed, opened(feed, cast.manager, query=PEOPLE) as manager:
        await in_thread_unscoped(choose, cast.agent, Presence.BUSY)
        await hears(manager, cast.agent, "busy")


async def test_others_hear_of_themselves_alone(cast: Cast) -> None:
    async with live() as feed, opened(feed, cast.agent, query=PEOPLE) as agent:
        await in_thread_unscoped(choose, cast.manager, Presence.BUSY)
        await in_thread_unscoped(choose, cast.agent, Presence.AWAY)
        await hears_of_nobody_else(agent, cast.agent, "away")


async def test_another_company_hears_nothing(cast: Cast) -> None:
    async with live() as feed, opened(feed, cast.outsider_admin, query=PEOPLE) as outsider:
        await in_thread_unscoped(choose, cast.agent, Presence.BUSY)
        await in_thread_unscoped(choose, cast.outsider_admin, Presence.BUSY)
        await hears_of_nobody_else(outsider, cast.outsider_admin, "busy")


async def test_an_inbox_is_not_disturbed(cast: Cast) -> None:
    async with live() as feed, opened(feed, cast.manager) as inbox, opened(feed, cast.manager, query=PEOPLE) as people:
        await in_thread_unscoped(choose, cast.agent, Presence.BUSY)
        await hears(people, cast.agent, "busy")
        assert inbox.notices.empty()


def gone(person: User) -> None:
    User.objects.filter(pk=person.pk).update(presence=Presence.OFFLINE)


async def test_a_stream_that_opens_brings_its_person_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_heartbeat, "GATHER_SECONDS", 1.0)
    async with (
        live() as feed,
        opened(feed, cast.manager, query=PEOPLE) as manager,
        opened(feed, cast.agent, query="inbox=1"),
    ):
        await in_thread_unscoped(gone, cast.agent)
        await hears(manager, cast.agent, "online")


async def test_who_came_back_before_their_stream_opened_hears_what_others_see_of_them(cast: Cast) -> None:
    """Another page, or the first input, was quicker: nothing changes any more when the stream is there."""
    browser = await in_thread_unscoped(signed_in, cast.agent)
    await in_thread_unscoped(choose, cast.agent, Presence.BUSY)
    async with live() as feed, opened(feed, browser, query=PEOPLE) as agent:
        await hears_of_nobody_else(agent, cast.agent, "busy")


async def test_a_stream_that_stays_open_keeps_its_person(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_heartbeat, "SIGN_SECONDS", 0.1)
    async with live() as feed, opened(feed, cast.manager, query=PEOPLE) as manager, opened(feed, cast.agent, query=""):
        for _again in range(2):
            await in_thread_unscoped(gone, cast.agent)
            await hears(manager, cast.agent, "online")


async def test_a_stream_whose_access_is_in_doubt_is_no_sign_of_life(cast: Cast) -> None:
    def sign_out() -> None:
        from django.contrib.sessions.models import Session

        Session.objects.all().delete()
        publish(AccessChanged((cast.agent.pk,)))

    async with live() as feed, opened(feed, cast.agent, query=PEOPLE) as agent:
        await in_thread_unscoped(sign_out)
        assert agent.task is not None
        await asyncio.wait_for(agent.task, 10)
        assert list(feed._everyone()) == []


def text_in(channel: Channel, customer: str = "+15145550142") -> None:
    """A customer writes to the channel."""
    message = InboundMessage(carrier_id=f"sim-{customer}-{utc_now()}", sender=customer, recipient="", text="Bonjour")
    arrival = Arrival(channel.company_id, channel.pk, channel.queue_id, message, utc_now())
    receive(arrivals=[arrival], now=utc_now())


async def test_who_wants_a_sound_is_told_of_a_text_that_is_theirs_or_nobodys(cast: Cast) -> None:
    def prefer_silence() -> None:
        User.objects.filter(pk=cast.agent2.pk).update(notification_sounds=False)

    await in_thread_unscoped(prefer_silence)
    async with contextlib.AsyncExitStack() as stack:
        feed = await stack.enter_async_context(live())
        people = [cast.agent, cast.agent2, cast.user, cast.outsider_admin, cast.manager]
        pages = {each: await stack.enter_async_context(opened(feed, each, query=PEOPLE)) for each in people}
        inbox = await stack.enter_async_context(opened(feed, cast.agent))
        await in_thread_unscoped(text_in, cast.channel_queue)
        for person in (cast.agent, cast.manager):
            assert await hears_a_sound(pages[person])
        assert (await inbox.next())[0] == "interactions"
        for person in (cast.agent2, cast.user, cast.outsider_admin):
            assert "arrival" not in [event for event, _told in drained(pages[person])]


async def hears_a_sound(page: Page) -> bool:
    """Waits for the sound; what the page hears of presence before is passed over."""
    while (await page.next())[0] != "arrival":
        pass
    return True


def drained(page: Page) -> list[tuple[str, object]]:
    return [page.notices.get_nowait() for _ in range(page.notices.qsize())]


def test_texts_that_come_together_are_one_sound(cast: Cast) -> None:
    sight = LiveViewer(Viewer.of(cast.agent, cast.client.pk).knowing([], [7]), False, False, False, "fr", True)
    client = Client(sight, Shows.PEOPLE)
    mine, other, free = (InteractionChange(1, 1, 7, who) for who in (cast.agent.pk, cast.agent2.pk, None))

    def heard_at(now: float, *changes: InteractionChange) -> bool:
        client.tell_arrival(changes, now)
        return b"arrival" in client.take()

    assert not heard_at(10, other)
    assert heard_at(10, other, free)
    assert not heard_at(12.9, mine)
    assert heard_at(13, mine)
