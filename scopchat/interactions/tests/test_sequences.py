"""Whatever two people and the product itself do to a conversation, its texts and events lead to what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django_scopes import scope, scopes_disabled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scopchat.accounts.models import User
from scopchat.common.refusals import Refusal
from scopchat.interactions.models import Interaction, InteractionEvent
from scopchat.interactions.services import by_itself, holding, lifecycle, receive
from scopchat.interactions.services.reply import reply
from scopchat.interactions.status import Happening
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.interactions.tests.test_receive import arrival
from tests.cast import Cast

STEPS = (
    *("reply", "acknowledge", "take", "recover", "give", "release", "pause", "resume", "close", "reopen", "text"),
    *("wake", "offer", "put_back", "escalate", "end"),
)
"""The last ones happen by themselves, whoever is named beside them."""


def act(step: str, who: User, cast: Cast, now: Any) -> None:
    """One of the two does it to the customer's latest, as it is; what is refused changes nothing."""
    latest = Interaction.objects.select_related("channel", "assignee").order_by("-pk").first()
    assert latest is not None
    common: dict[str, Any] = {"interaction": latest, "acting": who, "now": now}
    if step == "text":
        with scopes_disabled():
            text = arrival(cast.channel_queue, uuid4().hex, sender=latest.customer)
            receive.receive(arrivals=[replace(text, received_at=now)], now=now)
    elif step == "reply":
        reply(**common, text="Oui", idempotency_key=uuid4())
    elif step == "give":
        holding.give(**common, to=cast.agent)
    elif step == "pause":
        lifecycle.pause(**common, until=now + timedelta(seconds=30))
    elif step in {"wake", "offer", "put_back", "escalate", "end"}:
        by_itself_does(step, latest, cast, now)
    else:
        getattr(holding, step, getattr(lifecycle, step, None))(**common)  # type: ignore[misc]


def by_itself_does(step: str, latest: Interaction, cast: Cast, now: Any) -> None:
    """What the product does to conversations that it found so."""
    held = latest.assignee_id is not None
    if step == "wake":
        lifecycle.wake(now=now)
    elif step == "offer" and not held and latest.status == "waiting":
        by_itself.offer(interaction=latest, to=cast.agent.pk, now=now)
    elif step == "put_back" and held:
        by_itself.put_back(interaction=latest, happening=Happening.LEFT_BEHIND, now=now)
    elif step == "escalate" and latest.status == "waiting":
        by_itself.escalate(interaction=latest, absent=held, now=now)
    elif step == "end" and latest.status == "waiting":
        by_itself.end(interaction=latest, absent=held, now=now)


AFTER = {
    "acknowledged": "open", "resumed": "open", "reopened": "open", "paused": "paused", "woken": "waiting",
    "queued": "waiting", "left_behind": "waiting", "closed": "closed", "ended": "closed", "ended_from": "closed",
}  # fmt: skip
HOLDS = {"taken": "person_id", "accepted": "person_id", "recovered": "person_id", "reopened": "person_id",
         "assigned": "about_id", "transferred": "about_id", "offered": "about_id"}  # fmt: skip


def replayed(interaction: Interaction) -> tuple[str, int | None]:
    """The status and the holder that texts and events lead to, from nothing."""
    happenings = [(event.created_at, event) for event in interaction.events.all()]
    texts = [(message.created_at, message) for message in interaction.messages.all()]
    status, holder = "waiting", None
    for _at, one in sorted([*happenings, *texts], key=lambda pair: pair[0]):
        if isinstance(one, InteractionEvent):
            status = AFTER.get(one.happening, status)
            if one.happening in {"released", "queued", "left_behind"}:
                holder = None
            if one.happening in HOLDS:
                holder = getattr(one, HOLDS[one.happening])
        else:
            status = "waiting" if one.direction == "in" else "open"
    return status, holder


@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(["agent", "manager"])), max_size=14))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_two_people_do_the_events_lead_to_what_is(cast: Cast, steps: list[tuple[str, str]]) -> None:
    conversation(cast.channel_queue, f"+1514{uuid4().int % 10**7:07}", texts=0, unread=0)
    with scope(company=cast.client):
        for n, (step, who) in enumerate(steps, 1):
            try:
                act(step, getattr(cast, who), cast, NOW + timedelta(minutes=n))
            except Refusal:
                continue
        customer = Interaction.objects.order_by("-pk").values_list("customer", flat=True)[0]
        every = list(Interaction.objects.filter(customer=customer).order_by("pk"))
        assert [one.status == "closed" for one in every[:-1]] == [True] * (len(every) - 1)
        for one in every:
            assert (one.status, one.assignee_id) == replayed(one)
            assert (one.status == "waiting") == (one.waiting_since is not None)
            assert not (one.offered_at and one.assignee_id is None)
            assert not (one.escalated_at and one.status != "waiting")
