"""Closing a queue: what keeps it open, what comes at the same moment, and what was in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django_scopes import scope

from scopchat.channels.models import Channel, Destination
from scopchat.channels.services import create_channel, update_channel
from scopchat.interactions.models import Interaction
from scopchat.interactions.services import holding, lifecycle
from scopchat.interactions.services.queue_closing import QueueInUse, close_queue
from scopchat.interactions.services.undoing import state_of, undo
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.queues.models import Queue
from scopchat.queues.services import QueueClosed, create_queue
from tests.at_once import at_once
from tests.cast import Cast

LATER = NOW + timedelta(minutes=5)
OVER = {"status": InteractionStatus.CLOSED, "closed_at": NOW, "waiting_since": None}


def queue_of(cast: Cast) -> Queue:
    """One that nothing points to."""
    with scope(company=cast.client):
        return create_queue(company=cast.client, name="Facturation", agents=[cast.agent])


def close(cast: Cast, queue: Queue) -> None:
    with scope(company=cast.client):
        close_queue(queue=queue, acting=cast.admin, now=NOW)


def fresh(interaction: Interaction) -> Interaction:
    with scope(company=interaction.company_id):
        return Interaction.objects.get(pk=interaction.pk)


def point_to(cast: Cast, channel: Channel, queue: Queue) -> None:
    update_channel(channel=channel, name="Accueil", destination=Destination.QUEUE, queue=queue, throughput=1)


@pytest.mark.parametrize("status", ["waiting", "open", "paused"])
def test_a_conversation_under_way_keeps_its_queue_open(cast: Cast, status: str) -> None:
    queue = queue_of(cast)
    conversation(cast.channel_user, queue=queue, status=status)
    with pytest.raises(QueueInUse):
        close(cast, queue)


def test_a_channel_that_a_loan_put_out_of_use_keeps_its_queue_open(cast: Cast) -> None:
    with scope(company=cast.client):
        Channel.objects.filter(queue=cast.queue).update(is_active=False, stopped_at=NOW)
    with pytest.raises(QueueInUse):
        close(cast, cast.queue)


def test_a_channel_that_is_gone_for_good_does_not(cast: Cast) -> None:
    with scope(company=cast.client):
        Channel.objects.filter(queue=cast.queue).update(is_active=False)
    close(cast, cast.queue)


def test_it_is_closed_once(cast: Cast) -> None:
    queue = queue_of(cast)
    close(cast, queue)
    with pytest.raises(QueueClosed):
        close(cast, queue)


def test_nothing_is_pointed_to_a_closed_queue(cast: Cast) -> None:
    queue, interaction = queue_of(cast), conversation(cast.channel_queue)
    close(cast, queue)
    made: dict[str, Any] = {"name": "Deux", "address": "+14385550155", "destination": Destination.QUEUE}
    asked: list[Callable[[], object]] = [
        lambda: holding.give_to_queue(interaction=interaction, acting=cast.admin, queue=queue, now=LATER),
        lambda: point_to(cast, cast.channel_queue, queue),
        lambda: create_channel(company=cast.client, provider=cast.provider, queue=queue, **made),
    ]
    with scope(company=cast.client):
        for ask in asked:
            with pytest.raises(QueueClosed):
                ask()


@pytest.mark.parametrize(("channel", "goes_on_in"), [("channel_queue", "Accueil"), ("channel_user", None)])
def test_what_is_reopened_goes_on_where_the_channel_leads_now(cast: Cast, channel: str, goes_on_in: str | None) -> None:
    queue = queue_of(cast)
    interaction = conversation(getattr(cast, channel), queue=queue, **OVER)
    close(cast, queue)
    with scope(company=cast.client):
        lifecycle.reopen(interaction=interaction, acting=cast.admin, now=LATER)
        found = fresh(interaction).queue
    assert (found.name if found else None) == goes_on_in


def test_what_is_reopened_in_a_queue_that_is_there_stays_in_it(cast: Cast) -> None:
    queue = queue_of(cast)
    interaction = conversation(cast.channel_queue, queue=queue, **OVER)
    with scope(company=cast.client):
        lifecycle.reopen(interaction=interaction, acting=cast.admin, now=LATER)
    assert fresh(interaction).queue_id == queue.pk


def test_what_left_the_queue_is_not_undone_back_into_it(cast: Cast) -> None:
    queue = queue_of(cast)
    interaction = conversation(cast.channel_user, queue=queue)
    before = state_of(interaction)
    with scope(company=cast.client):
        lifecycle.close(interaction=interaction, acting=cast.admin, now=LATER)
        close_queue(queue=queue, acting=cast.admin, now=LATER)
        with pytest.raises(QueueClosed):
            undo(interaction=interaction, acting=cast.admin, before=before, changed_at=LATER, now=LATER)
    assert fresh(interaction).status == "closed"


@pytest.mark.django_db(transaction=True)
def test_what_is_given_to_it_in_the_same_instant_is_refused_or_keeps_it_open(cast: Cast) -> None:
    queue, interaction = queue_of(cast), conversation(cast.channel_queue)
    outcomes = at_once(
        cast.client,
        lambda: close_queue(queue=queue, acting=cast.admin, now=LATER),
        lambda: holding.give_to_queue(interaction=interaction, acting=cast.admin, queue=queue, now=LATER),
        written="queues_queue, interactions_interaction",
    )
    assert [outcome for outcome in outcomes if outcome is None] == [None]
    assert [type(outcome) for outcome in outcomes if outcome is not None] in ([QueueInUse], [QueueClosed])
    with scope(company=cast.client):
        is_closed = Queue.objects.get(pk=queue.pk).closed_at is not None
    assert is_closed == (fresh(interaction).queue_id != queue.pk)
