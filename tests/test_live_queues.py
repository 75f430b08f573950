"""The list of queues over a live stream: told that its figures are old, and only where they may be seen."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from django_scopes import scope

from scopchat.accounts import presence
from scopchat.accounts.models import Presence, User
from scopchat.common.clock import utc_now
from scopchat.events.catalogue import InteractionChange, InteractionsChanged, Part
from scopchat.events.publish import publish
from scopchat.gateway.database import in_thread_unscoped
from scopchat.interactions.models import Interaction
from scopchat.interactions.services import holding
from tests.cast import Cast
from tests.live import live, opened
from tests.people import Browser, signed_in
from tests.test_live import told, write

pytestmark = pytest.mark.django_db(transaction=True)

QUEUES = "queues=1"
OLD = ("queues", {})


type Browsers = Callable[[User], Browser]


@pytest.fixture
def signed(cast: Cast) -> Browsers:
    """Browsers of people who signed in before anything is listened to: signing in is heard, too."""
    people = (cast.admin, cast.manager, cast.outsider_admin)
    browsers = {person.pk: signed_in(person) for person in people}
    return lambda person: browsers[person.pk]


def recover(interaction_id: int, person: User) -> None:
    with scope(company=person.company_id):
        interaction = Interaction.objects.get(pk=interaction_id)
        holding.recover(interaction=interaction, acting=person, now=utc_now())


def be_busy(person: User) -> None:
    presence.choose(person=person, presence=Presence.BUSY, now=utc_now())


async def test_it_hears_of_texts_of_taking_and_of_who_is_there(cast: Cast, signed: Browsers) -> None:
    async with live() as feed, opened(feed, signed(cast.admin), company=cast.client, query=QUEUES) as page:
        interaction = await in_thread_unscoped(write, cast.channel_queue, cast.admin)
        assert await page.next() == OLD
        await in_thread_unscoped(recover, interaction, cast.manager)
        assert await page.next() == OLD
        await in_thread_unscoped(be_busy, cast.agent)
        assert await page.next() == OLD
        assert page.html == []


async def test_what_only_a_thread_shows_makes_no_figure_old(cast: Cast, signed: Browsers) -> None:
    def deliver() -> None:
        change = InteractionChange(1, cast.channel_queue.pk, cast.queue.pk, None)
        publish(InteractionsChanged(cast.client.pk, (change,), Part.THREAD))

    async with (
        live() as feed,
        opened(feed, signed(cast.admin), company=cast.client, query=QUEUES) as page,
        opened(feed, signed(cast.manager), company=cast.client) as inbox,
    ):
        await in_thread_unscoped(deliver)
        assert await inbox.next() == told(1)
        assert page.notices.empty()


async def test_nobody_else_hears_of_it(cast: Cast, signed: Browsers) -> None:
    """Neither other pages, nor people who may not see the list, nor another company."""
    async with live() as feed, contextlib.AsyncExitStack() as stack:
        page, inbox, manager, outsider = [
            await stack.enter_async_context(opened(feed, signed(person), company=person.company, query=query))
            for person, query in (
                (cast.admin, QUEUES),
                (cast.admin, "inbox=1"),
                (cast.manager, QUEUES),
                (cast.outsider_admin, QUEUES),
            )
        ]
        interaction = await in_thread_unscoped(write, cast.channel_queue, cast.admin)
        assert await page.next() == OLD
        await in_thread_unscoped(be_busy, cast.agent)
        assert await page.next() == OLD
        assert await inbox.next() == told(interaction)
        for other in (inbox, manager, outsider):
            assert other.notices.empty()


async def test_a_stream_that_may_have_missed_something_says_so(cast: Cast, signed: Browsers) -> None:
    async with live() as feed, opened(feed, signed(cast.admin), company=cast.client, query=QUEUES) as page:
        for client in feed._everyone():
            client.start_over()
        assert await page.next() == OLD
