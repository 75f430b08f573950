"""Who sees which interaction: over random people and places, every form of the one rule says the same."""

from __future__ import annotations

from django.db import transaction
from django_scopes import scope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Role
from scopchat.channels.models import Channel, Destination
from scopchat.channels.services import create_channel
from scopchat.events.catalogue import InteractionChange
from scopchat.interactions import archive, counting
from scopchat.interactions.abilities import abilities
from scopchat.interactions.inbox import InboxView
from scopchat.interactions.models import Interaction
from scopchat.interactions.queries import memberships
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.desk import conversation
from scopchat.interactions.visibility import Viewer, allowed
from scopchat.queues.models import Queue
from scopchat.queues.services import create_queue, set_members
from tests.cast import Cast

PEOPLE = ("admin", "manager", "agent", "agent2", "user")
some_people = st.sets(st.sampled_from(PEOPLE), max_size=3)
interaction = st.tuples(
    st.integers(0, 3),
    st.none() | st.integers(0, 1),
    st.none() | st.sampled_from(PEOPLE),
    st.sampled_from(InteractionStatus),
)


def make_places(cast: Cast, users: list[set[str]], agents: list[set[str]]) -> tuple[list[Channel], list[Queue]]:
    """Two queues and four channels with these people."""
    queues = [create_queue(company=cast.client, name=f"Q{n}") for n in range(2)]
    for queue, names in zip(queues, agents, strict=True):
        set_members(queue=queue, agents=[], administrators=[getattr(cast, name) for name in sorted(names)])
    channels = [
        create_channel(
            company=cast.client, provider=cast.provider, name=f"C{n}", address=f"+1438555017{n}",
            destination=Destination.USERS, users=[getattr(cast, name) for name in sorted(users[n])],
        )
        for n in range(4)
    ]  # fmt: skip
    return channels, queues


def shown(user: User, cast: Cast) -> set[int]:
    """What the inbox, its counts and the archive show."""
    listed = set(InboxView().matching(user).values_list("pk", flat=True))
    (counted,) = counting.counts([Viewer.of(user, cast.client.pk)])
    assert counted.all == str(len(listed))
    kept = {found.pk for found in archive.page_of(user, cast.client, archive.Asked()).rows}
    closed = Interaction.objects.visible_to(user).filter(status=InteractionStatus.CLOSED)
    assert kept == listed | set(closed.values_list("pk", flat=True))
    return kept


def pushed(user: User, cast: Cast, found: list[Interaction]) -> set[int]:
    """What a live page of the person would be told of."""
    viewer = Viewer.of(user, cast.client.pk).knowing(*memberships(user.pk))
    changes = [InteractionChange(one.pk, one.channel_id, one.queue_id, one.assignee_id) for one in found]
    return {change.interaction_id for change in changes if viewer.sees(change)}


@given(
    users=st.lists(some_people, min_size=4, max_size=4),
    agents=st.lists(some_people, min_size=2, max_size=2),
    interactions=st.lists(interaction, max_size=6),
    role=st.sampled_from([role for role in Role if role is not Role.SYSTEM_ADMIN]),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lists_counts_archive_stream_and_buttons_agree(
    cast: Cast,
    users: list[set[str]],
    agents: list[set[str]],
    interactions: list[tuple[int, int | None, str | None, InteractionStatus]],
    role: Role,
) -> None:
    with transaction.atomic(), scope(company=cast.client):
        channels, queues = make_places(cast, users, agents)
        for n, (channel, queue, who, status) in enumerate(interactions):
            where = {"queue": None if queue is None else queues[queue], "assignee": who and getattr(cast, who)}
            conversation(channels[channel], f"+1514555{n:04}", status=status, **where)
        found = list(Interaction.objects.select_related("channel"))
        User.objects.filter(pk=cast.user.pk).update(role=role)
        for name in PEOPLE:
            user = User.objects.select_related("company").get(pk=getattr(cast, name).pk)
            seen = shown(user, cast)
            assert pushed(user, cast, found) == seen
            answered = Interaction.objects.filter(allowed(user, Permission.ANSWER))
            answerable = {one.pk for one in answered if one.status != InteractionStatus.CLOSED}
            assert {one.pk for one in found if one.pk in seen and abilities(one, user).answer} == answerable
        transaction.set_rollback(True)
