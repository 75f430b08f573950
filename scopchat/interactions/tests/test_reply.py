"""Answering: one text per draft, the interaction opened and taken, the sender asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.channels.drains import Work
from scopchat.common.gsm import TextTooLong
from scopchat.common.refusals import Conflict, NotAllowed
from scopchat.events.catalogue import InteractionChange, InteractionsChanged
from scopchat.interactions.errors import DraftSent, EmptyText, HeldByAnother
from scopchat.interactions.models import Interaction, InteractionEvent, Message
from scopchat.interactions.services import reply as service
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.conftest import Committing, News
from scopchat.interactions.tests.desk import NOW, conversation
from tests.at_once import at_once
from tests.cast import Cast

LATER = NOW + timedelta(minutes=5)
KEY = UUID(int=1)


def reply(interaction: Interaction, acting: User, text: str = "Oui, à 14 h.", **changes: Any) -> Message:
    values = {"idempotency_key": KEY, "now": LATER, **changes}
    with scope(company=interaction.company_id):
        return service.reply(interaction=interaction, acting=acting, text=text, **values)


def fresh(interaction: Interaction) -> Interaction:
    with scope(company=interaction.company_id):
        return Interaction.objects.get(pk=interaction.pk)


def sent(interaction: Interaction) -> list[str]:
    with scope(company=interaction.company_id):
        return list(Message.objects.filter(interaction=interaction, direction="out").values_list("text", flat=True))


def test_it_queues_the_text_as_the_persons(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    reply(interaction, cast.admin)
    with scope(company=cast.client):
        message = Message.objects.get(direction="out")
    assert (message.text, message.status, message.direction, message.segments) == ("Oui, à 14 h.", "queued", "out", 1)
    assert (message.author, message.channel_id) == (cast.admin, cast.channel_queue.pk)
    assert (message.idempotency_key, message.created_at, message.attempts) == (KEY, LATER, 0)


@pytest.mark.parametrize("status", ["waiting", "open", "paused"])
def test_it_opens_the_interaction_and_nobody_waits_any_more(cast: Cast, status: str) -> None:
    interaction = conversation(cast.channel_queue, status=status)
    reply(interaction, cast.admin)
    after = fresh(interaction)
    assert (after.status, after.unread, after.waiting_since) == ("open", 0, None)
    assert (after.preview, after.preview_is_ours) == ("Oui, à 14 h.", True)
    assert (after.last_activity_at, after.changed_at) == (LATER, LATER)


def test_it_tells_pages_once_and_asks_for_the_sender_once(cast: Cast, committing: Committing) -> None:
    interaction = conversation(cast.channel_queue)
    with committing() as news:
        reply(interaction, cast.admin)
        assert news.drains == []
    change = InteractionChange(interaction.pk, cast.channel_queue.pk, cast.queue.pk, cast.admin.pk)
    assert news.events == [InteractionsChanged(cast.client.pk, (change,))]
    assert news.drains == [(Work.SEND, cast.channel_queue.shard)]


def test_who_answers_what_nobody_had_takes_it(cast: Cast) -> None:
    interaction = conversation(cast.channel_user)
    reply(interaction, cast.user)
    assert fresh(interaction).assignee == cast.user
    with scope(company=cast.client):
        event = InteractionEvent.objects.get()
    assert (event.happening, event.person, event.created_at) == ("taken", cast.user, LATER)


def test_a_manager_answers_for_an_agent_without_taking_it_away(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue, assignee=cast.agent)
    reply(interaction, cast.manager)
    assert fresh(interaction).assignee == cast.agent
    with scope(company=cast.client):
        assert not InteractionEvent.objects.exists()


def test_answering_what_somebody_took_meanwhile_names_them_and_sends_nothing(cast: Cast) -> None:
    seen = conversation(cast.channel_queue)
    reply(fresh(seen), cast.admin)
    with pytest.raises(HeldByAnother) as conflict:
        reply(seen, cast.manager, idempotency_key=uuid4())
    assert conflict.value.person == cast.admin
    assert sent(seen) == ["Oui, à 14 h."]


def test_a_closed_interaction_is_not_touched(cast: Cast, committing: Committing) -> None:
    for assignee in (None, cast.admin):
        interaction = conversation(cast.channel_queue, status=InteractionStatus.CLOSED, assignee=assignee)
        with committing() as news, pytest.raises(Conflict):
            reply(interaction, cast.admin)
        after = fresh(interaction)
        assert (after.status, after.changed_at, after.unread, after.assignee) == ("closed", NOW, 1, assignee)
        assert (sent(interaction), news.events, news.drains) == ([], [], [])


def test_the_same_draft_again_is_the_same_message(cast: Cast, committing: Committing) -> None:
    interaction = conversation(cast.channel_queue)
    with committing() as news:
        first = reply(interaction, cast.admin)
        again = reply(interaction, cast.admin)
        with pytest.raises(DraftSent):
            reply(interaction, cast.admin, "Une autre version")
    assert again.pk == first.pk
    assert sent(interaction) == ["Oui, à 14 h."]
    assert (len(news.events), len(news.drains)) == (1, 1)


def test_the_same_draft_after_a_close_is_still_the_same_message(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    first = reply(interaction, cast.admin)
    with scope(company=cast.client):
        Interaction.objects.filter(pk=interaction.pk).update(status=InteractionStatus.CLOSED)
    assert reply(interaction, cast.admin).pk == first.pk


def test_another_companys_draft_with_the_same_key_is_another_message(cast: Cast) -> None:
    ours, theirs = conversation(cast.channel_queue), conversation(cast.outsider_channel)
    assert reply(ours, cast.admin).pk != reply(theirs, cast.outsider_admin).pk


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_sends_once(cast: Cast, news: News) -> None:
    interaction = conversation(cast.channel_queue)

    def tap() -> Callable[[], object]:
        mine = fresh(interaction)
        return lambda: reply(mine, cast.admin).pk

    first, second = at_once(cast.client, tap(), tap())
    assert isinstance(first, int)
    assert first == second
    assert sent(interaction) == ["Oui, à 14 h."]
    assert (len(news.events), len(news.drains)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_sends_and_the_other_learns_of_it(cast: Cast, news: News) -> None:
    interaction = conversation(cast.channel_queue)

    def answering(person: User) -> Callable[[], object]:
        mine = fresh(interaction)
        return lambda: reply(mine, person, person.username, idempotency_key=uuid4())

    results = at_once(cast.client, answering(cast.admin), answering(cast.manager))
    (conflict,) = [result for result in results if isinstance(result, HeldByAnother)]
    winner = fresh(interaction).assignee
    assert winner is not None
    assert conflict.person == winner
    assert sent(interaction) == [winner.username]


@pytest.mark.parametrize("text", ["", "   ", "\n\r\n", "\0"])
def test_nothing_is_not_sent(cast: Cast, text: str) -> None:
    interaction = conversation(cast.channel_queue)
    with pytest.raises(EmptyText):
        reply(interaction, cast.admin, text)
    assert fresh(interaction).changed_at == NOW


def test_nine_hundred_characters_are_sent_and_one_more_is_not(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    with pytest.raises(TextTooLong):
        reply(interaction, cast.admin, "ê" * 901)
    assert sent(interaction) == []
    message = reply(interaction, cast.admin, "ê" * 900)
    assert (len(message.text), message.segments) == (900, 14)
    assert fresh(interaction).preview == "ê" * 160


@pytest.mark.parametrize(
    ("who", "channel", "assignee"),
    [
        ("agent", "channel_queue", None),
        ("agent2", "channel_queue", "agent"),
        ("user", "channel_queue", None),
        ("outsider_admin", "channel_queue", None),
    ],
)
def test_who_may_not_answer_sends_nothing(cast: Cast, who: str, channel: str, assignee: str | None) -> None:
    holder = getattr(cast, assignee) if assignee else None
    interaction = conversation(getattr(cast, channel), assignee=holder)
    with pytest.raises(NotAllowed):
        reply(interaction, getattr(cast, who))
    assert (sent(interaction), fresh(interaction).status) == ([], "waiting")


@pytest.mark.parametrize("who", ["agent", "manager", "admin", "operator_admin"])
def test_who_has_it_or_stands_above_answers(cast: Cast, who: str) -> None:
    interaction = conversation(cast.channel_queue, assignee=cast.agent)
    reply(interaction, getattr(cast, who))
    assert sent(interaction) == ["Oui, à 14 h."]
