"""Changes to queues. `acting` is None where the installation itself makes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import changes, record
from scopchat.common.refusals import Conflict, NotAllowed, Refusal, taken
from scopchat.events.catalogue import AccessChanged
from scopchat.events.publish import publish
from scopchat.queues.distribution import Offer, Terms
from scopchat.queues.models import Queue, QueueMember
from scopchat.tenancy.models import Company

BY_HAND = Terms()


class NameTaken(Refusal):
    """Another queue of the company has the name; a closed one keeps its own."""

    code, field = "name_taken", "name"

    def __init__(self, name: str) -> None:
        words = _("Another queue has this name.")
        if Queue.objects.filter(name=name).exclude(closed_at=None).exists():
            words = _("A closed queue has this name: open it again, or choose another name.")
        super().__init__(words)


class QueueClosed(Conflict):
    """The queue was closed meanwhile: nothing comes to it any more."""

    code, field = "queue_closed", "queue"

    def __init__(self) -> None:
        super().__init__(_("This queue is closed."))


@transaction.atomic
def create_queue(
    *,
    company: Company,
    name: str,
    description: str = "",
    agents: Iterable[User] = (),
    administrators: Iterable[User] = (),
    terms: Terms = BY_HAND,
    acting: User | None = None,
) -> Queue:
    """A new queue of `company` with its people. Raises `NameTaken`."""
    with taken({"queue_name_once": lambda: NameTaken(name)}):
        queue: Queue = Queue.objects.create(company=company, name=name, description=description, **asdict(terms))
    _write_members(queue, agents, administrators)
    _record(Verb.QUEUE_CREATED, queue, acting, {"description": description, **asdict(terms), **_people_of(queue)})
    return queue


@transaction.atomic
def update_queue(*, queue: Queue, name: str, description: str, terms: Terms, acting: User | None = None) -> None:
    """Changes what the queue is called, and how it distributes. Raises `NameTaken`."""
    values = {"name": name, "description": description, **asdict(terms)}
    details = changes({field: getattr(queue, field) for field in values}, values)
    if not details:
        return
    for field, value in values.items():
        setattr(queue, field, value)
    with taken({"queue_name_once": lambda: NameTaken(name)}):
        queue.save(update_fields=values.keys())
    _record(Verb.QUEUE_CHANGED, queue, acting, details)


@transaction.atomic
def mark_given(offers: Iterable[Offer]) -> None:
    """Notes whom queues have offered something by themselves, and when: whose turn is next."""
    last = {(offer.queue, offer.agent): offer.at for offer in offers}
    for queue, agent in sorted(last):
        QueueMember.objects.filter(queue=queue, user=agent).update(given_at=last[queue, agent])


@transaction.atomic
def set_members(
    *, queue: Queue, agents: Iterable[User], administrators: Iterable[User] = (), acting: User | None = None
) -> None:
    """These people are in the queue from now on and nobody else; who joins or leaves sees more or less at once."""
    before = _people_of(queue)
    _write_members(queue, agents, administrators)
    details = changes(before, _people_of(queue))
    if details:
        _record(Verb.QUEUE_MEMBERS_CHANGED, queue, acting, details)


def _write_members(queue: Queue, agents: Iterable[User], administrators: Iterable[User]) -> None:
    agents, administrators = list(agents), list(administrators)
    if any(user.company_id != queue.company_id for user in (*agents, *administrators)):
        raise NotAllowed
    are_agents, administer = {user.pk for user in agents}, {user.pk for user in administrators}
    people = are_agents | administer
    before = {member.user_id: member.is_administrator for member in QueueMember.objects.filter(queue=queue)}
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
    after = {pk: pk in administer for pk in people}
    changed = {pk for pk in before.keys() | people if before.get(pk) != after.get(pk)}
    if changed:
        publish(AccessChanged(tuple(sorted(changed))))


def _people_of(queue: Queue) -> dict[str, list[str]]:
    """Who is in the queue as what, by name, for the audit log."""
    members = list(QueueMember.objects.filter(queue=queue).select_related("user").order_by("user__display_name", "pk"))
    return {
        "agents": [member.user.display_name for member in members if member.is_agent],
        "administrators": [member.user.display_name for member in members if member.is_administrator],
    }


def require_not_closed(queue_id: int) -> None:
    """Keeps the queue from being closed before the running transaction has ended. Raises `QueueClosed`."""
    if not Queue.objects.select_for_update(no_key=True).not_closed().filter(pk=queue_id).exists():
        raise QueueClosed


@transaction.atomic
def mark_closed(*, queue: Queue, acting: User | None = None, now: datetime) -> None:
    """Closes the queue. Whether anything still comes to it, `interactions.services.queue_closing` knows.

    Raises `QueueClosed` where it is closed already.
    """
    if not Queue.objects.not_closed().filter(pk=queue.pk).update(closed_at=now):
        raise QueueClosed
    _record(Verb.QUEUE_CLOSED, queue, acting, {})


@transaction.atomic
def reopen_queue(*, queue: Queue, acting: User | None = None) -> None:
    """Opens a closed queue again, with the people it had. Raises `Conflict` where it is not closed."""
    if not Queue.objects.exclude(closed_at=None).filter(pk=queue.pk).update(closed_at=None):
        raise Conflict
    _record(Verb.QUEUE_REOPENED, queue, acting, {})


def _record(verb: Verb, queue: Queue, acting: User | None, details: dict[str, Any]) -> None:
    record(verb=verb, company=queue.company, acting=acting, about=queue, details=details)
