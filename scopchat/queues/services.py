"""Changes to queues."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from scopchat.accounts.models import User
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
) -> Queue:
    """A new queue of `company` with its people."""
    queue: Queue = Queue.objects.create(company=company, name=name, description=description)
    queue.agents.set(agents)
    queue.administrators.set(administrators)
    return queue
