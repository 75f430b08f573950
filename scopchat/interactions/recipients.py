"""To whom a person may give a conversation, the best placed first."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from scopchat.accounts.models import Presence, User
from scopchat.accounts.roles import Permission, Reach, Role
from scopchat.accounts.services import people_who_may
from scopchat.interactions.models import Interaction
from scopchat.interactions.status import InteractionStatus
from scopchat.queues.models import Queue, QueueMember
from scopchat.queues.querysets import QueueQuerySet

# The best placed first; who is offline comes last.
PRESENCE_ORDER = (Presence.ONLINE, Presence.BUSY, Presence.AWAY)


def people_to_give_to(user: User, interaction: Interaction) -> QuerySet[User]:
    """Colleagues who can answer, those who are there first, each with the `talks` they have open.

    Who sees nobody's presence is offered the people of their own queues, and managers and administrators.
    """
    found = people_who_may(Permission.ANSWER, company=interaction.company).exclude(pk=interaction.assignee_id or 0)
    if user.reach(Permission.SEE_PRESENCE) == Reach.NONE:
        beside = QueueMember.objects.filter(queue__in=user.queues.filter(closed_at=None).values("pk")).values("user")
        found = found.filter(Q(pk__in=beside) | Q(role__in=(Role.MANAGER, Role.COMPANY_ADMIN)))
    place = Case(
        *(When(presence=presence, then=Value(n)) for n, presence in enumerate(PRESENCE_ORDER)),
        default=Value(len(PRESENCE_ORDER)),
        output_field=IntegerField(),
    )
    talks = Interaction.objects.not_closed().filter(assignee=OuterRef("pk"))
    return found.annotate(talks=counted(talks)).order_by(place, "search", "pk")


def queues_to_give_to(interaction: Interaction) -> QuerySet[Queue]:
    """The company's other queues, each with how many wait there, its agents and those present."""
    waiting = Interaction.objects.filter(queue=OuterRef("pk"), status=InteractionStatus.WAITING, assignee=None)
    others: QueueQuerySet = Queue.objects.not_closed().exclude(pk=interaction.queue_id or 0)
    return others.with_agents().annotate(waiting=counted(waiting)).order_by("name", "pk")


def counted(found: QuerySet[Any]) -> Coalesce:
    """How many rows the subquery has."""
    number = found.order_by().values(nothing=Value(0)).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)
