"""Who sits at an open page, and what they may see of what happens."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie

from scopchat.accounts.entering import has_entered
from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission, Reach
from scopchat.accounts.second_factor import must_add_factor
from scopchat.accounts.services import current_company
from scopchat.events.catalogue import InteractionChange
from scopchat.interactions.queries import memberships
from scopchat.interactions.visibility import Viewer
from scopchat.tenancy.addresses import place_of
from scopchat.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class LiveViewer:
    """What a person may see, of one company, and how it is shown to them."""

    viewer: Viewer
    sees_simulator: bool
    sees_queues: bool
    """Whether they hear that something changed in the company's queues."""
    sees_presence: bool
    """Whether they hear who is there, of the whole company; otherwise of themselves alone."""
    language: str
    sounds: bool
    """Whether they want to hear a sound when a text comes in that is theirs or nobody's yet."""

    @property
    def company_id(self) -> int:
        return self.viewer.company_id

    def rings(self, change: InteractionChange) -> bool:
        """Whether they hear that a customer wrote there."""
        return change.assignee_id in {None, self.viewer.person_id} and self.sees(change)

    def sees(self, change: InteractionChange) -> bool:
        """Whether the change concerns this person: they see the interaction, or saw it before."""
        return self.viewer.sees(change) or (change.also == self.viewer.person_id and self.viewer.reach > Reach.NONE)


def person_of(scope: Any) -> tuple[User, Company] | None:
    """Whose session the request (an ASGI scope) belongs to, and the company that its address names.

    None without a valid session, and for a company that they may not look at or have not entered.
    """
    headers = dict(scope["headers"])
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(cookies.get(settings.SESSION_COOKIE_NAME))
    user = cast(User, get_user(request))
    if not user.is_authenticated or not user.is_active or user.must_change_password:
        return None
    company = current_company(user=user, named=place_of(scope["path"]).company_id)
    if company is None or (company.pk != user.company_id and not has_entered(request.session, company.pk)):
        return None
    return None if must_add_factor(user, company) else (user, company)


def viewer_of(scope: Any) -> LiveViewer | None:
    """Of the person of the request, of the company that its address names; None as `person_of` has it."""
    found = person_of(scope)
    if found is None:
        return None
    user, company = found
    viewer = Viewer.of(user, company.pk)
    if viewer.reach == Reach.MEMBER:
        viewer = viewer.knowing(*memberships(user.pk))
    return LiveViewer(
        viewer=viewer,
        sees_simulator=user.may(Permission.USE_SIMULATOR),
        sees_queues=user.may(Permission.MANAGE_PEOPLE),
        sees_presence=user.may(Permission.SEE_PRESENCE),
        language=user.language,
        sounds=user.notification_sounds,
    )
