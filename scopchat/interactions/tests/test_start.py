"""Writing first: from which channels, to whom, and into what is under way already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.channels.drains import Work
from scopchat.channels.models import Channel
from scopchat.common.gsm import TextTooLong
from scopchat.common.phones import BadNumber
from scopchat.common.refusals import NotAllowed
from scopchat.events.catalogue import InteractionChange, InteractionsChanged
from scopchat.interactions.errors import EmptyText
from scopchat.interactions.models import Interaction, InteractionEvent, Message
from scopchat.interactions.services import start as service
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.conftest import Committing, News
from scopchat.interactions.tests.desk import NOW, conversation
from tests.at_once import at_once
from tests.cast import Cast

LATER = NOW + timedelta(minutes=5)
CUSTOMER = "+15145550142"
KEY = UUID(int=1)


def start(channel: Channel, acting: User, **changes: Any) -> Message:
    values = {"phone": "514 555-0142", "text": "Bonjour", "idempotency_key": KEY, "now": LATER, **changes}
    with scope(company=channel.company_id):
        return service.start(channel=channel, acting=acting, **values)


def interactions(cast: Cast) -> list[Interaction]:
    with scope(company=cast.client):
        return list(Interaction.objects.order_by("id"))


def messages(cast: Cast) -> list[str]:
    with scope(company=cast.client):
        return list(Message.objects.filter(direction="out").order_by("id").values_list("text", flat=True))


def test_a_first_text_opens_an_interaction_of_the_writers(cast: Cast, committing: Committing) -> None:
    with committing() as news:
        message = start(cast.channel_queue, cast.admin)
    (interaction,) = interactions(cast)
    assert (interaction.customer, interaction.status, interaction.assignee) == (CUSTOMER, "open", cast.admin)
    assert (interaction.queue_id, interaction.preview, interaction.preview_is_ours) == (cast.queue.pk, "Bonjour", True)
    assert (interaction.opened_at, interaction.waiting_since, interaction.unread) == (LATER, None, 0)
    assert (message.interaction_id, message.status, message.author_id) == (interaction.pk, "queued", cast.admin.pk)
    change = InteractionChange(interaction.pk, cast.channel_queue.pk, cast.queue.pk, cast.admin.pk)
    assert news.events == [InteractionsChanged(cast.client.pk, (change,))]
    assert news.drains == [(Work.SEND, cast.channel_queue.shard)]


def test_it_goes_into_the_interaction_under_way_and_ends_the_wait(cast: Cast) -> None:
    before = conversation(cast.channel_queue, CUSTOMER, texts=2, assignee=cast.agent)
    message = start(cast.channel_queue, cast.admin)
    (after,) = interactions(cast)
    assert (after.pk, message.interaction_id) == (before.pk, before.pk)
    assert (after.status, after.unread, after.waiting_since, after.assignee) == ("open", 0, None, cast.agent)
    assert (after.preview, after.last_activity_at, after.opened_at) == ("Bonjour", LATER, NOW)


def test_writing_into_what_nobody_had_takes_it_and_the_thread_says_so(cast: Cast) -> None:
    conversation(cast.channel_queue, CUSTOMER)
    start(cast.channel_queue, cast.admin)
    assert interactions(cast)[0].assignee == cast.admin
    with scope(company=cast.client):
        event = InteractionEvent.objects.get()
    assert (event.happening, event.person) == ("taken", cast.admin)


def test_a_closed_interaction_stays_closed_and_another_begins(cast: Cast) -> None:
    conversation(cast.channel_queue, CUSTOMER, status=InteractionStatus.CLOSED)
    start(cast.channel_queue, cast.admin)
    closed, opened = interactions(cast)
    assert (closed.status, closed.changed_at) == ("closed", NOW)
    assert opened.status == "open"


def test_another_channel_is_another_interaction(cast: Cast) -> None:
    conversation(cast.channel_queue, CUSTOMER)
    start(cast.channel_user, cast.admin)
    assert [interaction.channel_id for interaction in interactions(cast)] == [
        cast.channel_queue.pk,
        cast.channel_user.pk,
    ]


def test_the_same_draft_again_is_the_same_message(cast: Cast, committing: Committing) -> None:
    with committing() as news:
        first = start(cast.channel_queue, cast.admin)
        assert start(cast.channel_queue, cast.admin, text="Autre").pk == first.pk
    assert messages(cast) == ["Bonjour"]
    assert (len(news.events), len(news.drains)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_sends_once(cast: Cast, news: News) -> None:
    def tap() -> Callable[[], object]:
        return lambda: start(cast.channel_queue, cast.admin).pk

    first, second = at_once(cast.client, tap(), tap())
    assert isinstance(first, int)
    assert first == second
    assert messages(cast) == ["Bonjour"]
    assert len(interactions(cast)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_write_to_one_number_at_once_share_its_interaction(cast: Cast, news: News) -> None:
    def writing(person: User) -> Callable[[], object]:
        return lambda: start(cast.channel_queue, person, text=person.username, idempotency_key=uuid4()).interaction_id

    found = at_once(cast.client, writing(cast.admin), writing(cast.operator_admin))
    (interaction,) = interactions(cast)
    assert found == [interaction.pk, interaction.pk]
    assert sorted(messages(cast)) == ["amelie", "operateur"]


MAY_START_FROM = {
    "agent": set(),
    "manager": set(),
    "user": {"Marc"},
    "admin": {"Accueil", "Marc"},
    "operator_admin": {"Accueil", "Marc"},
}


@pytest.mark.parametrize("who", MAY_START_FROM)
def test_each_role_starts_from_the_channels_it_may(cast: Cast, who: str) -> None:
    person = getattr(cast, who)
    with scope(company=cast.client):
        assert {channel.name for channel in service.channels_to_start_from(person)} == MAY_START_FROM[who]
    for channel in (cast.channel_queue, cast.channel_user):
        if channel.name in MAY_START_FROM[who]:
            start(channel, person, idempotency_key=uuid4())
        else:
            with pytest.raises(NotAllowed):
                start(channel, person)
    assert len(messages(cast)) == len(MAY_START_FROM[who])


def test_the_outsider_starts_from_their_own_channel_only(cast: Cast) -> None:
    with scope(company=cast.outsider):
        assert service.channels_to_start_from(cast.outsider_admin) == [cast.outsider_channel]
        with pytest.raises(NotAllowed):
            service.start(
                channel=cast.channel_queue, acting=cast.outsider_admin, phone=CUSTOMER, text="Bonjour",
                idempotency_key=KEY, now=LATER,
            )  # fmt: skip
    assert messages(cast) == []


def test_a_channel_switched_off_sends_nothing(cast: Cast) -> None:
    with scope(company=cast.client):
        Channel.objects.filter(pk=cast.channel_queue.pk).update(is_active=False)
    with pytest.raises(NotAllowed):
        start(cast.channel_queue, cast.admin)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"text": " \n"}, EmptyText),
        ({"text": "a" * 901}, TextTooLong),
        ({"phone": "12"}, BadNumber),
        ({"phone": "CLINIQUE"}, BadNumber),
    ],
)
def test_it_refuses_what_cannot_be_sent_and_leaves_no_trace(cast: Cast, changes: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        start(cast.channel_queue, cast.admin, **changes)
    assert interactions(cast) == []


def test_a_local_number_is_read_in_the_companys_country(cast: Cast) -> None:
    cast.channel_queue.company.country = "FR"
    start(cast.channel_queue, cast.admin, phone="06 12 34 56 78")
    assert interactions(cast)[0].customer == "+33612345678"
