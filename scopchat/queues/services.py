"""Changes to queues."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.events.catalogue import AccessChanged
from scopchat.events.publish import publish
from scopchat.queues.models import Queue, QueueMember
from scopchat.tenancy.models import Company


@transaction.atomic
def create_queue(
    *,
    company: Company,
    name: str,
    description: str = "",
    agents: Iterable[User] = (),
    administrators: Iterable[User] = (),
    acting: User | None = None,
) -> Queue:
    """A new queue of `company` with its people; `acting` is None where the installation itself makes it."""
    agents = list(agents)
    queue: Queue = Queue.objects.create(company=company, name=name, description=description)
    set_members(queue=queue, agents=agents, administrators=administrators)
    details = {"description": description, "agents": [agent.display_name for agent in agents]}
    record(verb=Verb.QUEUE_CREATED, company=company, acting=acting, about=queue, details=details)
    return queue


@transaction.atomic
def set_members(*, queue: Queue, agents: Iterable[User], administrators: Iterable[User] = ()) -> None:
    """These people are in the queue from now on and nobody else; who joins or leaves sees more or less at once."""
    are_agents, administer = {user.pk for user in agents}, {user.pk for user in administrators}
    people = are_agents | administer
    before = set(QueueMember.objects.filter(queue=queue).values_list("user", flat=True))
    QueueMember.objects.filter(queue=queue).exclude(user__in=people).delete()
    members = [
        QueueMember(
            company_id=queue.company_id,
            queue=queue,
            user_id=pk,
            is_agent=pk in are_agents,
            is_administrator=pk in administer,
        )
        for pk in sorted(people)
    ]
    QueueMember.objects.bulk_create(
        members,
        update_conflicts=True,
        unique_fields=["queue", "user"],
        update_fields=["is_agent", "is_administrator"],
    )
    changed = before ^ people
    if changed:
        publish(AccessChanged(tuple(sorted(changed))))
