"""Who sees which interaction: the one rule, in each of the three forms in which it is asked.

Querysets ask with `within_reach`, statements over many people with `SEEN`, and live pages and buttons, which have the
interaction before them, with `Viewer.sees`. A test holds the three together over random people, queues and channels.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, Self

from django.db.models import Q

from scopchat.accounts.roles import Permission, Reach

if TYPE_CHECKING:
    from scopchat.accounts.models import User


GOVERNING = frozenset({Permission.ANSWER, Permission.TAKE_OR_ASSIGN})
"""What the administrators of a queue may in it."""


class Place(Protocol):
    """What decides who sees an interaction: the interaction itself, or what is told of it."""

    @property
    def channel_id(self) -> int: ...
    @property
    def queue_id(self) -> int | None: ...
    @property
    def assignee_id(self) -> int | None: ...


def within_reach(user: User, reach: Reach) -> Q:
    """The interactions of the scoped company that lie within `reach` of the person."""
    if reach == Reach.SUBTREE:
        # Not Q(), which says nothing at all beside an "or".
        return ~Q(pk__in=[])
    if reach == Reach.COMPANY:
        # The scope says the same; a mistake in one of them alone shows nothing to another company.
        return Q(company=user.company_id)
    if reach == Reach.NONE:
        return Q(pk__in=[])
    own = Q(assignee=user)
    if reach == Reach.OWN:
        return own
    return own | Q(channel__in=user.channels.values("pk")) | Q(queue__in=user.queues.values("pk"))


def allowed(user: User, permission: Permission) -> Q:
    """The interactions over which the person has the permission.

    Who administers a queue takes, assigns, recovers and answers in it, whatever their role.
    """
    within = within_reach(user, user.reach(permission))
    if permission not in GOVERNING or user.reach(permission) >= Reach.COMPANY:
        return within
    return within | Q(queue__in=user.queues.filter(members__user=user, members__is_administrator=True).values("pk"))


SEEN = """(
    who.everything
    OR assignee_id = who.person
    OR channel_id IN (SELECT id FROM ({channels}) mine (id) WHERE who.member)
    OR queue_id IN (SELECT id FROM ({queues}) mine (id) WHERE who.member)
)"""
"""Of an interaction of the company that `who` looks at; `{channels}` and `{queues}` select the person's own."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who looks at one company's interactions, and how far they reach there."""

    company_id: int
    person_id: int
    reach: Reach
    channels: frozenset[int] | None = None
    queues: frozenset[int] | None = None
    """Their own; None where only the database is asked, which knows them."""

    @classmethod
    def of(cls, user: User, company_id: int) -> Self:
        """For asking the database."""
        return cls(company_id, user.pk, user.reach(Permission.SEE_INTERACTIONS))

    def knowing(self, channels: Iterable[int], queues: Iterable[int]) -> Self:
        """For asking `sees`, with the person's own channels and queues."""
        return replace(self, channels=frozenset(channels), queues=frozenset(queues))

    @property
    def sees_everything(self) -> bool:
        return self.reach >= Reach.COMPANY

    @property
    def is_member(self) -> bool:
        return self.reach >= Reach.MEMBER

    def sees(self, place: Place) -> bool:
        """Whether the person sees an interaction of the company."""
        if self.sees_everything or self.reach is Reach.NONE:
            return self.sees_everything
        if place.assignee_id == self.person_id or not self.is_member:
            return place.assignee_id == self.person_id
        assert self.channels is not None
        assert self.queues is not None
        return place.channel_id in self.channels or place.queue_id in self.queues
