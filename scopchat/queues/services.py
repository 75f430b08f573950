"""Changes to queues."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.events.catalogue import AccessChanged
from scopchat.events.publish import publish
from scopchat.queues.models import Queue
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
    queue.agents.set(agents)
    queue.administrators.set(administrators)
    if agents:
        publish(AccessChanged(tuple(agent.pk for agent in agents)))
    details = {"description": description, "agents": [agent.display_name for agent in agents]}
    record(verb=Verb.QUEUE_CREATED, company=company, acting=acting, about=queue, details=details)
    return queue
