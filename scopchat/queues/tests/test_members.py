"""Who belongs to a queue, and who hears of it at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from scopchat.audit.models import Entry
from scopchat.common.refusals import NotAllowed
from scopchat.events.catalogue import AccessChanged
from scopchat.queues.models import QueueMember
from scopchat.queues.services import create_queue, set_members
from tests.cast import Cast
from tests.heard import Heard


@pytest.fixture(autouse=True)
def scoped(cast: Cast) -> Iterator[None]:
    with scope(company=cast.client):
        yield


def told(heard: Heard) -> list[set[int]]:
    return [set(event.people) for event in heard.of(AccessChanged)]


def test_who_joins_or_leaves_is_told_and_who_stays_is_not(cast: Cast, heard: Heard) -> None:
    set_members(queue=cast.queue, agents=[cast.agent2, cast.user])
    assert told(heard) == [{cast.agent.pk, cast.user.pk}]


def test_who_becomes_an_administrator_or_is_one_no_more_is_told(cast: Cast, heard: Heard) -> None:
    both = [cast.agent, cast.agent2]
    set_members(queue=cast.queue, agents=both, administrators=[cast.agent])
    set_members(queue=cast.queue, agents=both)
    assert told(heard) == [{cast.agent.pk}, {cast.agent.pk}]


def test_the_same_people_again_are_no_news(cast: Cast, heard: Heard) -> None:
    set_members(queue=cast.queue, agents=[cast.agent2, cast.agent])
    assert told(heard) == []
    assert not Entry.objects.filter(verb="queue.members_changed").exists()


def test_nobody_of_another_company_gets_in(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        set_members(queue=cast.queue, agents=[], administrators=[cast.outsider_admin])
    with pytest.raises(NotAllowed):
        create_queue(company=cast.client, name="Autre", agents=[cast.outsider_admin])
    assert not QueueMember.objects.filter(user=cast.outsider_admin).exists()
