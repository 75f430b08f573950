"""Who has a conversation: given and accepted, taken back, released, given to a queue; and what is undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django_scopes import scope, scopes_disabled

from scopchat.common.refusals import NotAllowed
from scopchat.interactions.errors import HeldByAnother, NotTheLatest, Overtaken, WakesInThePast
from scopchat.interactions.models import Interaction, InteractionEvent
from scopchat.interactions.services import holding, lifecycle, receive
from scopchat.interactions.services.reply import reply
from scopchat.interactions.services.undoing import state_of, undo
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.conftest import Committing, News
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.interactions.tests.test_lifecycle import LATER, fresh, happened, told
from scopchat.interactions.tests.test_receive import arrival
from scopchat.queues.models import Queue
from tests.at_once import at_once
from tests.cast import Cast

MUCH_LATER = NOW + timedelta(days=1)


def give(interaction: Interaction, cast: Cast, **changes: Any) -> None:
    values = {"acting": cast.manager, "to": cast.agent, "now": LATER, **changes}
    with scope(company=cast.client):
        holding.give(interaction=interaction, **values)


def test_what_is_given_is_to_be_taken_until_its_recipient_takes_it(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    give(interaction, cast)
    assert (fresh(interaction).assignee, fresh(interaction).offered_at) == (cast.agent, LATER)
    with scope(company=cast.client):
        holding.take(interaction=fresh(interaction), acting=cast.agent, now=MUCH_LATER)
    after = fresh(interaction)
    assert (after.assignee, after.offered_at) == (cast.agent, None)
    assert [row[0] for row in happened(interaction)] == ["assigned", "accepted"]


def test_answering_accepts_what_was_given(cast: Cast, news: News) -> None:
    interaction = conversation(cast.channel_queue)
    give(interaction, cast)
    with scope(company=cast.client):
        answered = Interaction.objects.select_related("channel").get(pk=interaction.pk)
        reply(interaction=answered, acting=cast.agent, text="Oui", idempotency_key=uuid4(), now=MUCH_LATER)
    assert fresh(interaction).offered_at is None
    assert [row[0] for row in happened(interaction)] == ["assigned", "accepted"]


def test_what_one_gives_oneself_needs_no_taking(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    give(interaction, cast, to=cast.manager)
    assert (fresh(interaction).assignee, fresh(interaction).offered_at) == (cast.manager, None)


def test_a_manager_takes_back_what_was_given_and_the_recipient_learns_who_has_it(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    give(interaction, cast)
    seen = fresh(interaction)
    with scope(company=cast.client):
        holding.recover(interaction=fresh(interaction), acting=cast.manager, now=MUCH_LATER)
        # The queue's agent still sees it, and had it when their page was drawn.
        with pytest.raises(NotAllowed):
            holding.take(interaction=seen, acting=cast.agent, now=MUCH_LATER)
    assert (fresh(interaction).assignee, fresh(interaction).offered_at) == (cast.manager, None)
    assert happened(interaction)[-1] == ("recovered", cast.manager.pk, cast.agent.pk)


@pytest.mark.django_db(transaction=True)
def test_of_recipient_and_manager_at_once_one_wins_and_the_other_is_told_by_name(cast: Cast, news: News) -> None:
    interaction = conversation(cast.channel_queue)
    give(interaction, cast)
    mine, theirs = fresh(interaction), fresh(interaction)
    results = at_once(
        cast.client,
        lambda: lifecycle.close(interaction=mine, acting=cast.agent, now=MUCH_LATER),
        lambda: lifecycle.close(interaction=theirs, acting=cast.manager, now=MUCH_LATER),
    )
    (lost,) = [result for result in results if result is not None]
    winner = cast.agent if results[0] is None else cast.manager
    assert isinstance(lost, Overtaken)
    assert f"{winner.display_name} a fermé la conversation" in str(lost)


def test_released_it_is_for_any_member_to_take(cast: Cast, committing: Committing) -> None:
    interaction = conversation(cast.channel_queue, assignee=cast.agent2)
    with committing() as news, scope(company=cast.client):
        holding.release(interaction=interaction, acting=cast.agent2, now=LATER)
    after = fresh(interaction)
    assert (after.assignee, after.released_by) == (None, cast.agent2)
    assert news.events == [told(after, also=cast.agent2.pk)]
    with scope(company=cast.client):
        holding.take(interaction=after, acting=cast.agent, now=MUCH_LATER)
    assert (fresh(interaction).assignee, fresh(interaction).released_by) == (cast.agent, None)


def test_given_to_a_queue_it_waits_there_whoever_had_it(cast: Cast) -> None:
    interaction = conversation(
        cast.channel_queue, assignee=cast.agent, status=InteractionStatus.OPEN, waiting_since=None
    )
    with scope(company=cast.client):
        billing = Queue.objects.create(company=cast.client, name="Facturation")
        holding.give_to_queue(
            interaction=interaction, acting=cast.agent, queue=billing, note="Une question de prix.", now=LATER
        )
    after = fresh(interaction)
    assert (after.queue, after.assignee, after.status, after.waiting_since) == (billing, None, "waiting", LATER)
    with scope(company=cast.client):
        event = InteractionEvent.objects.get(interaction=interaction)
        assert event.sentence == "Sophie Roy a transféré la conversation à la file Facturation"
        assert event.note == "Une question de prix."


def test_it_is_given_to_no_queue_elsewhere(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    with scope(company=cast.outsider):
        theirs = Queue.objects.create(company=cast.outsider, name="Commandes")
    with scope(company=cast.client), pytest.raises(NotAllowed):
        holding.give_to_queue(interaction=interaction, acting=cast.admin, queue=theirs, now=LATER)
    assert fresh(interaction).queue == cast.queue


def pause(interaction: Interaction, cast: Cast, **changes: Any) -> None:
    values = {"acting": cast.admin, "until": MUCH_LATER, "now": LATER, **changes}
    with scope(company=cast.client):
        lifecycle.pause(interaction=interaction, **values)


def test_a_pause_ends_by_itself_once_its_time_has_come(cast: Cast, committing: Committing) -> None:
    interaction, another = conversation(cast.channel_queue), conversation(cast.channel_queue, "+15145550143")
    pause(interaction, cast)
    pause(another, cast, until=None)
    with scopes_disabled():
        assert lifecycle.wake(now=MUCH_LATER - timedelta(seconds=1)) == 0
        with committing() as news:
            assert lifecycle.wake(now=MUCH_LATER) == 1
        assert lifecycle.wake(now=MUCH_LATER) == 0
    after = fresh(interaction)
    assert (after.status, after.waiting_since, after.wake_at) == ("waiting", MUCH_LATER, None)
    assert [row[0] for row in happened(interaction)] == ["paused", "woken"]
    assert news.events == [told(after)]
    assert fresh(another).status == "paused"


@pytest.mark.django_db(transaction=True)
def test_two_that_wake_at_once_wake_each_once(cast: Cast, news: News) -> None:
    interactions = [conversation(cast.channel_queue, f"+1514555{n:04}") for n in range(20)]
    for interaction in interactions:
        pause(interaction, cast)

    def waking() -> object:
        with scopes_disabled():
            lifecycle.wake(now=MUCH_LATER)
        return None

    assert at_once(cast.client, waking, waking) == [None, None]
    assert [[row[0] for row in happened(one)] for one in interactions] == [["paused", "woken"]] * 20


def test_a_text_of_the_customers_ends_a_pause(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    pause(interaction, cast)
    with scopes_disabled():
        receive.receive(arrivals=[arrival(cast.channel_queue, "Oui", sender=interaction.customer)], now=MUCH_LATER)
    after = fresh(interaction)
    assert (after.status, after.wake_at) == ("waiting", None)


@pytest.mark.parametrize("until", [LATER, NOW])
def test_no_pause_ends_before_it_begins(cast: Cast, until: Any) -> None:
    with pytest.raises(WakesInThePast):
        pause(conversation(cast.channel_queue), cast, until=until)


def test_only_the_customers_latest_is_taken_up_again(cast: Cast) -> None:
    old = conversation(cast.channel_queue, status=InteractionStatus.CLOSED, closed_at=NOW)
    with scope(company=cast.client):
        lifecycle.reopen(interaction=old, acting=cast.admin, now=LATER)
        again = fresh(old)
        assert (again.status, again.assignee, again.closed_at) == ("open", cast.admin, None)
        lifecycle.close(interaction=again, acting=cast.admin, now=LATER)
        conversation(cast.channel_queue)
        with pytest.raises(NotTheLatest):
            lifecycle.reopen(interaction=fresh(old), acting=cast.admin, now=MUCH_LATER)


def test_what_was_done_is_undone_while_nothing_has_happened_since(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue, texts=3)
    before = state_of(interaction)
    with scope(company=cast.client):
        lifecycle.close(interaction=interaction, acting=cast.admin, now=LATER)
        again = fresh(interaction)
        undo(interaction=again, acting=cast.admin, before=before, changed_at=again.changed_at, now=MUCH_LATER)
    assert state_of(fresh(interaction)) == before
    assert [row[0] for row in happened(interaction)] == ["closed", "undone"]


def test_what_has_gone_on_is_not_undone(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    before = state_of(interaction)
    with scope(company=cast.client):
        lifecycle.close(interaction=interaction, acting=cast.admin, now=LATER)
        closed = fresh(interaction)
        conversation(cast.channel_queue)
        with pytest.raises(Overtaken):
            undo(interaction=closed, acting=cast.admin, before=before, changed_at=closed.changed_at, now=MUCH_LATER)
    assert fresh(interaction).status == "closed"


def test_who_was_first_is_named(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    seen = fresh(interaction)
    give(interaction, cast, to=cast.agent2)
    with pytest.raises(HeldByAnother, match="Linh Nguyen"):
        give(seen, cast)
