"""Reading, taking, assigning and closing: what each changes, who may, and who was first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.common.refusals import Conflict, NotAllowed
from scopchat.events.catalogue import InteractionChange, InteractionsChanged, Part
from scopchat.interactions.errors import HeldByAnother, Overtaken
from scopchat.interactions.models import Interaction, InteractionEvent
from scopchat.interactions.services import holding, lifecycle
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.conftest import Committing, News
from scopchat.interactions.tests.desk import NOW, conversation
from tests.at_once import at_once
from tests.cast import Cast

LATER = NOW + timedelta(minutes=5)
Step = Callable[..., None]


def fresh(interaction: Interaction) -> Interaction:
    with scope(company=interaction.company_id):
        return Interaction.objects.get(pk=interaction.pk)


def happened(interaction: Interaction) -> list[tuple[str, int | None, int | None]]:
    with scope(company=interaction.company_id):
        rows = InteractionEvent.objects.filter(interaction=interaction).order_by("id")
        return list(rows.values_list("happening", "person_id", "about_id"))


def told(interaction: Interaction, *, also: int | None = None) -> InteractionsChanged:
    change = InteractionChange(
        interaction.pk, interaction.channel_id, interaction.queue_id, interaction.assignee_id, also
    )
    return InteractionsChanged(interaction.company_id, (change,))


@pytest.mark.parametrize(
    ("step", "allowed", "target", "happening"),
    [
        (lifecycle.acknowledge, {"waiting"}, "open", "acknowledged"),
        (lifecycle.close, {"waiting", "open", "paused"}, "closed", "closed"),
    ],
)
@pytest.mark.parametrize("status", InteractionStatus)
def test_a_step_moves_from_where_it_may_and_is_told_once(
    cast: Cast, committing: Committing, step: Step, allowed: set[str], target: str, happening: str, status: str
) -> None:
    interaction = conversation(cast.channel_queue, status=status)
    with committing() as news, scope(company=cast.client):
        if status not in allowed:
            with pytest.raises(Conflict):
                step(interaction=interaction, acting=cast.admin, now=LATER)
        else:
            step(interaction=interaction, acting=cast.admin, now=LATER)
    after = fresh(interaction)
    if status not in allowed:
        assert (after.status, after.changed_at, after.unread, happened(interaction)) == (status, NOW, 1, [])
        assert news.events == []
    else:
        assert (after.status, after.changed_at, after.unread, after.waiting_since) == (target, LATER, 0, None)
        assert happened(interaction) == [(happening, cast.admin.pk, None)]
        assert news.events == [told(after)]


def test_closing_notes_when_it_ended(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    with scope(company=cast.client):
        lifecycle.close(interaction=interaction, acting=cast.admin, now=LATER)
    assert fresh(interaction).closed_at == LATER


STEPS: dict[str, Step] = {
    **{step.__name__: step for step in (lifecycle.acknowledge, lifecycle.close, lifecycle.resume, lifecycle.reopen)},
    **{step.__name__: step for step in (holding.take, holding.recover, holding.release)},
}


@pytest.mark.parametrize("name", STEPS)
def test_the_outsider_may_nothing(cast: Cast, name: str) -> None:
    interaction = conversation(cast.channel_queue)
    for company in (cast.outsider, cast.client):
        with scope(company=company), pytest.raises(NotAllowed):
            STEPS[name](interaction=interaction, acting=cast.outsider_admin, now=LATER)
    assert fresh(interaction).changed_at == NOW


def test_taking_makes_it_theirs_and_leaves_it_waiting(cast: Cast, committing: Committing) -> None:
    interaction = conversation(cast.channel_queue)
    with committing() as news, scope(company=cast.client):
        holding.take(interaction=interaction, acting=cast.manager, now=LATER)
    after = fresh(interaction)
    assert (after.assignee_id, after.status, after.unread) == (cast.manager.pk, "waiting", 1)
    assert happened(interaction) == [("taken", cast.manager.pk, None)]
    assert news.events == [told(after)]


def test_taking_ones_own_changes_nothing(cast: Cast, committing: Committing) -> None:
    interaction = conversation(cast.channel_queue, assignee=cast.manager)
    with committing() as news, scope(company=cast.client):
        holding.take(interaction=interaction, acting=cast.manager, now=LATER)
    assert fresh(interaction).changed_at == NOW
    assert (happened(interaction), news.events) == ([], [])


def test_taking_what_somebody_has_names_them(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue, assignee=cast.agent)
    with scope(company=cast.client), pytest.raises(HeldByAnother, match="Sophie Roy") as conflict:
        holding.take(interaction=interaction, acting=cast.manager, now=LATER)
    assert conflict.value.person == cast.agent


@pytest.mark.parametrize("assignee", ["manager", "agent", None])
def test_taking_what_is_closed_is_refused_and_blames_nobody(cast: Cast, assignee: str | None) -> None:
    holder: User | None = getattr(cast, assignee) if assignee else None
    interaction = conversation(cast.channel_queue, status=InteractionStatus.CLOSED, assignee=holder)
    with scope(company=cast.client), pytest.raises(Overtaken, match="a changé entre-temps"):
        holding.take(interaction=interaction, acting=cast.manager, now=LATER)
    assert fresh(interaction).assignee == holder


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_at_once_the_second_learns_who_has_it(cast: Cast, news: News) -> None:
    interaction = conversation(cast.channel_queue)

    def taking(person: User) -> Callable[[], object]:
        mine = fresh(interaction)
        return lambda: holding.take(interaction=mine, acting=person, now=LATER)

    results = at_once(cast.client, taking(cast.manager), taking(cast.admin))
    (conflict,) = [result for result in results if result is not None]
    assert isinstance(conflict, HeldByAnother)
    assert conflict.person == fresh(interaction).assignee
    assert [row[:2] for row in happened(interaction)] == [("taken", fresh(interaction).assignee_id)]
    assert len(news.events) == 1


def assign(interaction: Interaction, cast: Cast, **changes: Any) -> None:
    values = {"acting": cast.manager, "to": cast.agent2, "now": LATER, **changes}
    with scope(company=cast.client):
        holding.give(interaction=interaction, **values)


@pytest.mark.parametrize("before", [None, "agent"])
def test_assigning_gives_it_to_a_colleague_whoever_had_it(
    cast: Cast, committing: Committing, before: str | None
) -> None:
    holder = getattr(cast, before) if before else None
    interaction = conversation(cast.channel_queue, assignee=holder)
    with committing() as news:
        assign(interaction, cast)
    after = fresh(interaction)
    assert (after.assignee_id, after.status, after.changed_at) == (cast.agent2.pk, "waiting", LATER)
    assert after.offered_at == LATER
    assert happened(interaction) == [("transferred" if holder else "assigned", cast.manager.pk, cast.agent2.pk)]
    assert news.events == [told(after, also=holder and holder.pk)]


@pytest.mark.parametrize(("who", "channel"), [("agent2", "channel_queue"), ("user", "channel_queue")])
def test_assigning_is_not_for_everybody(cast: Cast, who: str, channel: str) -> None:
    interaction = conversation(getattr(cast, channel), assignee=cast.agent)
    with pytest.raises(NotAllowed):
        assign(interaction, cast, acting=getattr(cast, who))
    assert fresh(interaction).assignee == cast.agent


def test_a_user_assigns_what_comes_to_their_own_channel(cast: Cast) -> None:
    interaction = conversation(cast.channel_user)
    assign(interaction, cast, acting=cast.user)
    assert fresh(interaction).assignee == cast.agent2


def test_it_is_never_assigned_to_an_outsider_or_to_somebody_disabled(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    User.objects.filter(pk=cast.agent2.pk).update(is_active=False)
    cast.agent2.refresh_from_db()
    for person in (cast.outsider_admin, cast.agent2, cast.operator_admin):
        with pytest.raises(NotAllowed):
            assign(interaction, cast, to=person)
    assert fresh(interaction).assignee is None


def test_assigning_what_was_given_away_meanwhile_says_to_whom(cast: Cast) -> None:
    seen = conversation(cast.channel_queue)
    assign(fresh(seen), cast, to=cast.agent)
    with pytest.raises(HeldByAnother) as conflict:
        assign(seen, cast, to=cast.agent2)
    assert conflict.value.person == cast.agent
    assert fresh(seen).assignee == cast.agent


def test_assigning_what_is_closed_is_refused_and_blames_nobody(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue, status=InteractionStatus.CLOSED, assignee=cast.agent)
    with pytest.raises(Overtaken, match="a changé entre-temps"):
        assign(interaction, cast)
    assert fresh(interaction).assignee == cast.agent


@pytest.mark.parametrize(
    ("who", "assignee", "seen"),
    [
        ("admin", None, True),
        ("admin", "admin", True),
        ("manager", "agent", False),
        ("agent", None, False),
        ("agent", "agent", True),
        ("agent2", "agent", False),
    ],
)
def test_only_the_look_of_somebody_who_answers_counts_as_seen(
    cast: Cast, committing: Committing, who: str, assignee: str | None, seen: bool
) -> None:
    interaction = conversation(cast.channel_queue, texts=3, assignee=getattr(cast, assignee) if assignee else None)
    with committing() as news, scope(company=cast.client):
        lifecycle.mark_seen(interaction=interaction, acting=getattr(cast, who), now=LATER)
    after = fresh(interaction)
    assert (after.unread, after.status) == (0 if seen else 3, "waiting")
    assert news.events == ([replace(told(after), part=Part.ROW)] if seen else [])


def test_a_second_look_tells_nobody_anything(cast: Cast, committing: Committing) -> None:
    interaction = conversation(cast.channel_queue, unread=0)
    with committing() as news, scope(company=cast.client):
        lifecycle.mark_seen(interaction=interaction, acting=cast.admin, now=LATER)
    assert (fresh(interaction).changed_at, news.events) == (NOW, [])
