"""An automatic queue of the cast's, with people who come and go, and conversations."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django_scopes import scope, scopes_disabled

from scopchat.accounts import presence
from scopchat.accounts.models import Presence, User
from scopchat.automation.distribution import run
from scopchat.interactions.models import Interaction, InteractionEvent
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.queues.distribution import Mode, Terms
from scopchat.queues.models import Queue
from scopchat.queues.services import update_queue
from tests.cast import Cast


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def automatic(cast: Cast, queue: Queue | None = None, **terms: Any) -> None:
    queue = queue or cast.queue
    values = Terms(**{"distribution": Mode.ROUND_ROBIN, **terms})
    with scope(company=cast.client):
        update_queue(queue=queue, name=queue.name, description="", terms=values)


def come(*people: User, minutes: float = 0) -> None:
    for person in people:
        presence.arrive(person=person, now=at(minutes))


def go(person: User, *, minutes: float, how: Presence = Presence.OFFLINE) -> None:
    presence.choose(person=person, presence=how, now=at(minutes))


def texts(cast: Cast, count: int, **values: Any) -> list[Interaction]:
    return [
        conversation(cast.channel_queue, f"+1514555{n:04}", **{"minutes": n - count, **values}) for n in range(count)
    ]


def works(cast: Cast, minutes: float) -> None:
    with scope(company=cast.client):
        run(cast.client.pk, now=at(minutes))


def holders(interactions: list[Interaction]) -> list[str | None]:
    with scopes_disabled():
        found = Interaction.objects.in_bulk([one.pk for one in interactions])
    names = dict(User.objects.values_list("pk", "username"))
    return [names.get(found[one.pk].assignee_id) for one in interactions]


def thread(interaction: Interaction) -> list[tuple[str, str | None, str | None]]:
    with scopes_disabled():
        events = InteractionEvent.objects.filter(interaction=interaction).order_by("id")
        return list(events.values_list("happening", "person__username", "about__username"))
