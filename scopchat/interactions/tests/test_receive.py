"""Customers' texts coming in: once each, in order, counted, whatever the carrier repeats and however it is batched."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django_scopes import scope, scopes_disabled

from scopchat.channels.models import Channel
from scopchat.channels.providers.base import InboundMessage, MediaReference
from scopchat.events.catalogue import InteractionChange, InteractionsChanged, Part
from scopchat.interactions.models import Attachment, Interaction, Message
from scopchat.interactions.services.receive import Arrival, receive
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.conftest import Committing
from scopchat.interactions.tests.desk import NOW, conversation
from tests.cast import Cast

LATER = NOW + timedelta(hours=1)
CUSTOMER = "+15145550142"


def arrival(
    channel: Channel, text: str, *, sender: str = CUSTOMER, carrier_id: str = "", place: int = 0, photos: int = 0
) -> Arrival:
    media = tuple(MediaReference(f"https://carrier.test/{n}", "image/jpeg") for n in range(photos))
    message = InboundMessage(carrier_id or f"SM{text}", sender, channel.address, text, media, segments=2)
    return Arrival(channel.company_id, channel.pk, channel.queue_id, message, NOW + timedelta(seconds=place))


def take_in(*arrivals: Arrival) -> int:
    """As the router does it: for all companies at once."""
    with scopes_disabled():
        return receive(arrivals=arrivals, now=LATER)


def interactions(cast: Cast) -> list[Interaction]:
    with scope(company=cast.client):
        return list(Interaction.objects.order_by("id"))


def thread(interaction: Interaction) -> list[str]:
    with scope(company=interaction.company_id):
        return list(interaction.messages.order_by("id").values_list("text", flat=True))


def random_arrivals(cast: Cast, chance: random.Random) -> list[Arrival]:
    """Texts of a few customers on three channels of two companies, with up to three deliveries each."""
    channels = (cast.channel_queue, cast.channel_user, cast.outsider_channel)
    texts = [
        arrival(chance.choice(channels), str(n), sender=f"+1514555010{chance.randrange(4)}", place=n)
        for n in range(chance.randint(1, 60))
    ]
    coming = list(texts)
    for repeated in chance.choices(texts, k=chance.randint(0, 2 * len(texts))):
        # A repetition comes some time after the text itself, perhaps in the same batch.
        coming.insert(chance.randint(coming.index(repeated) + 1, len(coming)), repeated)
    return coming


def batches(arrivals: Sequence[Arrival], chance: random.Random) -> list[Sequence[Arrival]]:
    cuts = sorted(chance.choices(range(len(arrivals) + 1), k=chance.randint(0, 6)))
    return [arrivals[start:end] for start, end in zip([0, *cuts], [*cuts, len(arrivals)], strict=True)]


@pytest.mark.parametrize("seed", range(40))
def test_each_text_is_kept_once_in_order_and_counted_however_it_comes(cast: Cast, seed: int) -> None:
    chance = random.Random(seed)
    arrivals = random_arrivals(cast, chance)
    expected: dict[tuple[int, str], list[str]] = {}
    for each in arrivals:
        texts = expected.setdefault((each.channel_id, each.message.sender), [])
        if each.message.text not in texts:
            texts.append(each.message.text)
    new = sum(take_in(*batch) for batch in batches(arrivals, chance))
    with scopes_disabled():
        found = list(Interaction.objects.all())
        assert Message.objects.count() == new == sum(map(len, expected.values()))
    assert {(each.channel_id, each.customer): thread(each) for each in found} == expected
    for each in found:
        texts = expected[each.channel_id, each.customer]
        assert (each.unread, each.preview, each.status) == (len(texts), texts[-1], "waiting")
        assert each.waiting_since == NOW + timedelta(seconds=int(texts[0]))
        assert each.last_activity_at == NOW + timedelta(seconds=int(texts[-1]))


@pytest.mark.parametrize("status", ["waiting", "open", "paused"])
def test_a_text_makes_whatever_is_under_way_wait(cast: Cast, status: str) -> None:
    held = conversation(cast.channel_queue, CUSTOMER, status=status, assignee=cast.agent, waiting_since=None, unread=0)
    take_in(arrival(cast.channel_queue, "encore"))
    (after,) = interactions(cast)
    assert (after.pk, after.status, after.assignee, after.unread) == (held.pk, "waiting", cast.agent, 1)
    assert (after.waiting_since, after.changed_at, after.preview_is_ours) == (NOW, LATER, False)


def test_who_waits_already_waits_since_then(cast: Cast) -> None:
    conversation(cast.channel_queue, CUSTOMER, minutes=-30)
    take_in(arrival(cast.channel_queue, "encore"))
    assert interactions(cast)[0].waiting_since == NOW - timedelta(minutes=30)


def test_a_closed_interaction_is_left_alone_and_another_opened(cast: Cast) -> None:
    conversation(cast.channel_queue, CUSTOMER, status=InteractionStatus.CLOSED, assignee=cast.agent)
    take_in(arrival(cast.channel_queue, "encore"))
    closed, opened = interactions(cast)
    assert (closed.status, closed.changed_at, closed.unread) == ("closed", NOW, 1)
    assert (opened.status, opened.assignee, opened.queue_id) == ("waiting", None, cast.queue.pk)


def test_a_text_repeated_after_its_interaction_was_closed_opens_nothing(cast: Cast) -> None:
    take_in(arrival(cast.channel_queue, "un"))
    with scope(company=cast.client):
        Interaction.objects.update(status=InteractionStatus.CLOSED)
    assert take_in(arrival(cast.channel_queue, "un")) == 0
    assert [interaction.status for interaction in interactions(cast)] == ["closed"]


def test_each_company_is_told_once_per_batch(cast: Cast, committing: Committing) -> None:
    with committing() as news:
        take_in(
            *(arrival(cast.channel_queue, f"{n}", sender=f"+1514555010{n % 2}") for n in range(6)),
            arrival(cast.outsider_channel, "7"),
        )
    with scopes_disabled():
        rows = list(Interaction.objects.order_by("company_id", "customer"))
    changes = [InteractionChange(row.pk, row.channel_id, row.queue_id, None) for row in rows]
    assert sorted(news.events, key=lambda event: event.company_id) == [
        InteractionsChanged(cast.client.pk, tuple(changes[:2]), Part.ARRIVAL),
        InteractionsChanged(cast.outsider.pk, tuple(changes[2:]), Part.ARRIVAL),
    ]


def test_nothing_new_is_no_news(cast: Cast, committing: Committing) -> None:
    take_in(arrival(cast.channel_queue, "un"))
    with committing() as news:
        assert take_in(arrival(cast.channel_queue, "un")) == 0
        assert take_in() == 0
    assert news.events == []


def test_photos_wait_to_be_fetched_in_their_order(cast: Cast) -> None:
    take_in(arrival(cast.channel_queue, "", carrier_id="MM1", photos=2))
    with scope(company=cast.client):
        photos = list(Attachment.objects.order_by("position").values_list("source_url", "state"))
    assert photos == [("https://carrier.test/0", "pending"), ("https://carrier.test/1", "pending")]
    assert interactions(cast)[0].preview == "🖼"


def test_a_text_is_stored_composed_with_what_the_carrier_counted(cast: Cast) -> None:
    take_in(arrival(cast.channel_queue, " cafe\u0301\0 \r\n!", carrier_id="SM1"))
    with scope(company=cast.client):
        message = Message.objects.get()
    assert (message.text, message.segments, message.status, message.created_at) == ("café \n!", 2, "received", NOW)


@pytest.mark.parametrize("sender", ["54321", "CLINIQUE", "+33612345678"])
def test_any_sort_of_address_has_its_interaction(cast: Cast, sender: str) -> None:
    take_in(arrival(cast.channel_user, "Bonjour", sender=sender))
    (interaction,) = interactions(cast)
    assert (interaction.customer, interaction.queue_id) == (sender, None)


def test_a_batch_of_any_size_takes_the_same_few_statements(cast: Cast, django_assert_max_num_queries: object) -> None:
    arrivals = [arrival(cast.channel_queue, f"{n}", sender=f"+1514555{n:04}") for n in range(200)]
    # Six of them are the automation's, which asks whether any queue gives out by itself, and who answers by itself.
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert take_in(*arrivals) == 200
