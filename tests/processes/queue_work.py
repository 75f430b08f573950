"""Commands of `tool` about the clinic's queue: how it gives out, what was left waiting, what workers look for."""

from __future__ import annotations

from datetime import timedelta

from django_scopes import scope

from scopchat.automation.services.settings import WhenNobody, set_fallback
from scopchat.common.clock import utc_now
from scopchat.gateway.sweep import sweep
from scopchat.interactions.models import Interaction
from scopchat.queues.distribution import Mode, Terms
from scopchat.queues.models import Queue
from scopchat.queues.services import update_queue
from scopchat.tenancy.models import Company


def distribute(grace: int = 2) -> None:
    """The queue gives out what waits in it from now on; who has gone keeps theirs for so many minutes."""
    company = Company.objects.get(name="Clinique Laurier")
    with scope(company=company):
        queue = Queue.objects.get(name="Accueil")
        terms = Terms(distribution=Mode.ROUND_ROBIN, grace=grace)
        update_queue(queue=queue, name=queue.name, description=queue.description, terms=terms)


def told_to_managers(number: str) -> None:
    """This customer has waited in the queue for longer than its managers want to hear of."""
    company = Company.objects.get(name="Clinique Laurier")
    with scope(company=company):
        set_fallback(place=Queue.objects.get(name="Accueil"), to=WhenNobody(escalate_after=1))
        Interaction.objects.filter(customer=number).update(waiting_since=utc_now() - timedelta(minutes=2))
    look()


def look() -> None:
    """What a worker does every ten seconds, now."""
    sweep()
