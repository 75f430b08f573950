"""The live stream: who hears of what, catching up, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.channels.models import Channel
from scopchat.common.clock import utc_now
from scopchat.contacts.services import Particulars, add_contact
from scopchat.events.catalogue import (
    AccessChanged,
    InteractionChange,
    InteractionsChanged,
    Part,
    SimulatorChanged,
)
from scopchat.events.publish import publish
from scopchat.gateway.database import in_thread_unscoped
from scopchat.interactions.models import Interaction
from scopchat.interactions.services import holding, lifecycle, start
from scopchat.queues.services import set_members
from tests.cast import Cast
from tests.live import live, opened

EVERYTHING = "interactions", {"threads": "all", "list": True}

pytestmark = pytest.mark.django_db(transaction=True)


def told(*ids: int, gone: tuple[int, ...] = ()) -> tuple[str, Any]:
    """That these interactions changed."""
    return "interactions", {"threads": [*ids, *gone], "gone": list(gone)}


def write(channel: Channel, writer: User, phone: str = "+15145550142", text: str = "Bonjour") -> int:
    with scope(company=channel.company):
        message = start.start(
            channel=channel, acting=writer, phone=phone, text=text, idempotency_key=uuid4(), now=utc_now()
        )
    return message.interaction_id


def close(interaction_id: int, cast: Cast) -> None:
    with scope(company=cast.client):
        lifecycle.close(interaction=Interaction.objects.get(pk=interaction_id), acting=cast.admin, now=utc_now())


def assign(interaction_id: int, cast: Cast, to: User) -> None:
    with scope(company=cast.client):
        interaction = Interaction.objects.get(pk=interaction_id)
        holding.give(interaction=interaction, acting=cast.manager, to=to, now=utc_now())


async def test_a_stranger_is_turned_away() -> None:
    async with live() as feed, opened(feed, None) as page:
        assert page.status.result() == 403


async def test_each_person_hears_of_what_they_may_see(cast: Cast) -> None:
    everyone = {
        "admin": cast.admin, "manager": cast.manager, "agent": cast.agent, "user": cast.user,
        "outsider": cast.outsider_admin,
    }  # fmt: skip
    async with live() as feed, contextlib.AsyncExitStack() as stack:
        pages = {name: await stack.enter_async_context(opened(feed, user)) for name, user in everyone.items()}
        in_queue = await in_thread_unscoped(write, cast.channel_queue, cast.admin)
        on_users_channel = await in_thread_unscoped(write, cast.channel_user, cast.admin)
        elsewhere = await in_thread_unscoped(write, cast.outsider_channel, cast.outsider_admin)
        heard = {name: await page.next() for name, page in pages.items()}
        more = {name: await pages[name].next() for name in ("admin", "manager") if len(heard[name][1]["threads"]) == 1}
        await in_thread_unscoped(assign, on_users_channel, cast, cast.manager)
        assert await pages["user"].next() == told(on_users_channel)
        assert pages["agent"].notices.empty()
        assert pages["outsider"].notices.empty()
        seen = {
            name: {int(pk) for html in page.html for pk in re.findall(r'id="row-(\d+)"', html)}
            for name, page in pages.items()
        }
    assert (heard["agent"], heard["user"]) == (told(in_queue), told(on_users_channel))
    for name in ("admin", "manager"):
        assert {*heard[name][1]["threads"], *more.get(name, told())[1]["threads"]} == {in_queue, on_users_channel}
    assert seen == {
        "admin": {in_queue, on_users_channel},
        "manager": {in_queue, on_users_channel},
        "agent": {in_queue},
        "user": {on_users_channel},
        "outsider": {elsewhere},
    }


async def test_it_draws_rows_in_each_persons_language(cast: Cast) -> None:
    def speak_english() -> None:
        User.objects.filter(pk=cast.manager.pk).update(language="en")

    await in_thread_unscoped(speak_english)
    async with live() as feed, opened(feed, cast.admin) as french, opened(feed, cast.manager) as english:
        await in_thread_unscoped(write, cast.channel_queue, cast.admin)
        await french.html_with("Vous :")
        await english.html_with("You:")


async def test_a_row_is_one_line_whatever_was_written(cast: Cast) -> None:
    async with live() as feed, opened(feed, cast.admin) as page:
        await in_thread_unscoped(write, cast.channel_queue, cast.admin, text="Un\n\nevent: faux\r\rdata: <b>")
        html = await page.html_with("row-words")
    assert "Un event: faux data: &lt;b&gt;" in " ".join(html.split())


async def test_who_is_named_has_the_name_on_the_pages_of_others(cast: Cast) -> None:
    def name() -> None:
        with scope(company=cast.client):
            named = Particulars(name="Julie Tremblay")
            add_contact(company=cast.client, phone="+15145550142", particulars=named, now=utc_now())

    interaction = await in_thread_unscoped(write, cast.channel_queue, cast.admin)
    async with live() as feed, opened(feed, cast.agent) as page, opened(feed, cast.user) as other:
        await in_thread_unscoped(name)
        row = await page.html_with("Julie Tremblay")
        assert await page.next() == told(interaction)
        assert other.notices.empty()
    assert 'data-words="julie tremblay' in row
    assert f"row-{interaction}" in row


async def test_it_brings_the_counts(cast: Cast) -> None:
    async with live() as feed, opened(feed, cast.agent) as page:
        await in_thread_unscoped(write, cast.channel_queue, cast.admin)
        html = await page.html_with("data-count=all")
    assert 'hx-target="[data-count=all]" hx-swap="textContent">1<' in html
    assert f'hx-target="[data-count=queue-{cast.queue.pk}]" hx-swap="textContent">1<' in html


async def test_a_closed_conversation_is_taken_away(cast: Cast) -> None:
    interaction = await in_thread_unscoped(write, cast.channel_queue, cast.admin)
    async with live() as feed, opened(feed, cast.agent) as page:
        await in_thread_unscoped(close, interaction, cast)
        assert await page.next() == told(gone=(interaction,))
    assert not any("row-" in html for html in page.html)


async def test_who_loses_a_conversation_is_told_so(cast: Cast) -> None:
    interaction = await in_thread_unscoped(write, cast.channel_user, cast.admin)
    await in_thread_unscoped(assign, interaction, cast, cast.agent)
    async with live() as feed, opened(feed, cast.agent) as page:
        await in_thread_unscoped(assign, interaction, cast, cast.agent2)
        assert await page.next() == told(gone=(interaction,))
    assert not any("row-" in html for html in page.html)


async def test_a_page_catches_up_with_what_it_missed(cast: Cast) -> None:
    before = int((utc_now() - timedelta(seconds=20)).timestamp() * 1000)
    interaction = await in_thread_unscoped(write, cast.channel_queue, cast.admin)
    await in_thread_unscoped(write, cast.outsider_channel, cast.outsider_admin)
    async with live() as feed, opened(feed, cast.agent, since=before) as page:
        assert await page.next() == told(interaction)
        assert f'id="row-{interaction}"' in await page.html_with("row-words")
        assert await page.next() == ("ready", {})


async def test_too_much_at_once_is_drawn_anew(cast: Cast) -> None:
    def flood() -> None:
        changes = tuple(InteractionChange(pk, cast.channel_queue.pk, cast.queue.pk, None) for pk in range(70))
        publish(InteractionsChanged(cast.client.pk, changes))

    async with live() as feed, opened(feed, cast.agent) as page, opened(feed, cast.user) as other:
        await in_thread_unscoped(flood)
        assert await page.next() == EVERYTHING
        await in_thread_unscoped(write, cast.channel_user, cast.admin)
        assert (await other.next())[1] != EVERYTHING[1]


async def test_marks_name_the_threads_alone(cast: Cast) -> None:
    def mark(interaction: int) -> None:
        change = InteractionChange(interaction, cast.channel_queue.pk, cast.queue.pk, None)
        publish(InteractionsChanged(cast.client.pk, (change,), Part.THREAD))

    interaction = await in_thread_unscoped(write, cast.channel_queue, cast.admin)
    async with live() as feed, opened(feed, cast.agent) as page:
        await in_thread_unscoped(mark, interaction)
        assert await page.next() == told(interaction)
    assert page.html == []


async def test_a_page_without_an_inbox_hears_of_the_simulator_alone(cast: Cast) -> None:
    async with live() as feed, opened(feed, cast.admin, query="") as page:
        await in_thread_unscoped(write, cast.channel_queue, cast.admin)
        await in_thread_unscoped(publish, SimulatorChanged(cast.client.pk))
        assert await page.next() == ("simulator", {})
    assert page.html == []


async def test_who_leaves_a_queue_sees_nothing_more_of_it(cast: Cast) -> None:
    def leave() -> None:
        set_members(queue=cast.queue, agents=[cast.agent2])
        publish(AccessChanged((cast.agent.pk,)))

    async with live() as feed, opened(feed, cast.agent) as page:
        await in_thread_unscoped(leave)
        await in_thread_unscoped(write, cast.channel_queue, cast.admin)
        assert page.task is not None
        await asyncio.wait_for(page.task, 10)
    assert page.html == []


@pytest.mark.parametrize("since", [0, -1])
async def test_a_page_with_an_ancient_or_absurd_cursor_is_told_everything_it_may_see(cast: Cast, since: int) -> None:
    interaction = await in_thread_unscoped(write, cast.channel_queue, cast.admin)
    async with live() as feed, opened(feed, cast.agent, since=since) as page:
        assert await page.next() in (EVERYTHING, told(interaction))


async def test_a_quiet_stream_says_that_it_is_there(cast: Cast) -> None:
    async with live(heartbeat_seconds=0.02) as feed, opened(feed, cast.agent) as page:
        await asyncio.wait_for(page.beat.wait(), 10)


async def test_a_stream_ends_with_its_session(cast: Cast) -> None:
    def sign_out() -> None:
        from django.contrib.sessions.models import Session

        Session.objects.all().delete()

    async with live(heartbeat_seconds=0.02) as feed, opened(feed, cast.agent) as page:
        await in_thread_unscoped(sign_out)
        assert page.task is not None
        await asyncio.wait_for(page.task, 10)
