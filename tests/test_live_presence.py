"""Presence over live streams: who hears of whom, and a stream as a sign of life."""

from __future__ import annotations

import asyncio

import pytest

from scopchat.accounts import presence
from scopchat.accounts.models import Presence, User
from scopchat.common.clock import utc_now
from scopchat.events.catalogue import AccessChanged
from scopchat.events.publish import publish
from scopchat.gateway.database import in_thread
from scopchat.web import signs
from tests.cast import Cast
from tests.test_live import Page, live, opened

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


async def test_colleagues_who_may_choose_among_people_hear_of_them(cast: Cast) -> None:
    async with live() as feed, opened(feed, cast.manager, query=PEOPLE) as manager:
        await in_thread(choose, cast.agent, Presence.BUSY)
        await hears(manager, cast.agent, "busy")


async def test_others_hear_of_themselves_alone(cast: Cast) -> None:
    async with live() as feed, opened(feed, cast.agent, query=PEOPLE) as agent:
        await in_thread(choose, cast.manager, Presence.BUSY)
        await in_thread(choose, cast.agent, Presence.AWAY)
        assert await agent.next() == ("presence", {str(cast.agent.pk): "away"})


async def test_another_company_hears_nothing(cast: Cast) -> None:
    async with live() as feed, opened(feed, cast.outsider_admin, query=PEOPLE) as outsider:
        await in_thread(choose, cast.agent, Presence.BUSY)
        await in_thread(choose, cast.outsider_admin, Presence.BUSY)
        assert await outsider.next() == ("presence", {str(cast.outsider_admin.pk): "busy"})


async def test_an_inbox_is_not_disturbed(cast: Cast) -> None:
    async with live() as feed, opened(feed, cast.manager) as inbox, opened(feed, cast.manager, query=PEOPLE) as people:
        await in_thread(choose, cast.agent, Presence.BUSY)
        await hears(people, cast.agent, "busy")
        assert inbox.notices.empty()


def gone(person: User) -> None:
    User.objects.filter(pk=person.pk).update(presence=Presence.OFFLINE)


async def test_a_stream_that_opens_brings_its_person_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signs, "GATHER_SECONDS", 1.0)
    async with (
        live() as feed,
        opened(feed, cast.manager, query=PEOPLE) as manager,
        opened(feed, cast.agent, query="inbox=1"),
    ):
        await in_thread(gone, cast.agent)
        await hears(manager, cast.agent, "online")


async def test_a_stream_that_stays_open_keeps_its_person(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signs, "SIGN_SECONDS", 0.1)
    async with live() as feed, opened(feed, cast.manager, query=PEOPLE) as manager, opened(feed, cast.agent, query=""):
        for _again in range(2):
            await in_thread(gone, cast.agent)
            await hears(manager, cast.agent, "online")


async def test_a_stream_whose_access_is_in_doubt_is_no_sign_of_life(cast: Cast) -> None:
    def sign_out() -> None:
        from django.contrib.sessions.models import Session

        Session.objects.all().delete()
        publish(AccessChanged((cast.agent.pk,)))

    async with live() as feed, opened(feed, cast.agent, query=PEOPLE) as agent:
        await in_thread(sign_out)
        assert agent.task is not None
        await asyncio.wait_for(agent.task, 10)
        assert list(feed._everyone()) == []
