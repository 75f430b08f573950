"""Who sits at an open page, and what they may see of what happens."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie

from scopchat.accounts.roles import Permission, Reach
from scopchat.accounts.second_factor import must_add_factor
from scopchat.accounts.services import current_company
from scopchat.events.catalogue import InteractionChange
from scopchat.interactions.inbox import Looker
from scopchat.web.queries import memberships


@dataclass(frozen=True, slots=True)
class Sight:
    """What a person may see, of one company, and how it is shown to them."""

    looker: Looker
    sees_simulator: bool
    sees_presence: bool
    """Whether they hear who is there, of the whole company; otherwise of themselves alone."""
    channels: frozenset[int]
    queues: frozenset[int]
    language: str
    sounds: bool
    """Whether they want to hear a sound when a text comes in that is theirs or nobody's yet."""

    @property
    def company_id(self) -> int:
        return self.looker.company_id

    def rings(self, change: InteractionChange) -> bool:
        """Whether they hear that a customer wrote there."""
        return change.assignee_id in {None, self.looker.person_id} and self.sees(change)

    def sees(self, change: InteractionChange) -> bool:
        """Whether the change concerns this person: the same visibility as querysets.within_reach."""
        if self.looker.reach in {Reach.NONE, Reach.COMPANY, Reach.SUBTREE}:
            return self.looker.reach is not Reach.NONE
        return (
            self.looker.person_id in {change.assignee_id, change.also}
            or change.channel_id in self.channels
            or change.queue_id in self.queues
        )


def sight_of(scope: Any) -> Sight | None:
    """Of the person whose session the request (an ASGI scope) belongs to; None without a valid one."""
    headers = dict(scope["headers"])
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(cookies.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    if not user.is_authenticated or not user.is_active or user.must_change_password:
        return None
    company = current_company(user=user, chosen=request.session.get("company"))
    if must_add_factor(user, company):
        return None
    looker = Looker.of(user, company.pk)
    channels, queues = memberships(user.pk) if looker.reach == Reach.MEMBER else ([], [])
    return Sight(
        looker=looker,
        sees_simulator=user.may(Permission.USE_SIMULATOR),
        sees_presence=user.may(Permission.SEE_PRESENCE),
        channels=frozenset(channels),
        queues=frozenset(queues),
        language=user.language,
        sounds=user.notification_sounds,
    )
