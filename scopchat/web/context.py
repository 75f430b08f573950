"""What every whole page shows around its content. Computed only where a template asks for it."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise, cached_property
from django.utils.translation import get_language, get_language_bidi, get_language_info

from scopchat.accounts.access import PersonRequest
from scopchat.accounts.models import Presence, Theme
from scopchat.accounts.roles import Permission, Reach
from scopchat.accounts.services import companies_of
from scopchat.common.clock import utc_now
from scopchat.tenancy import usage
from scopchat.tenancy.resources import Resource
from scopchat.tenancy.usage import Bar
from scopchat.web.navigation import Entry, menu_of

TAKING = {
    "administration:users": [Resource.USERS],
    "administration:add_user": [Resource.USERS],
    "channels:list": [Resource.CHANNELS],
    "channels:add": [Resource.CHANNELS],
    "interactions:inbox": [Resource.SEGMENTS_DAY, Resource.SEGMENTS_MONTH],
    "interactions:thread": [Resource.SEGMENTS_DAY, Resource.SEGMENTS_MONTH],
}
"""The limits that each page draws on."""


class Shell:
    """The header and the menu of one request."""

    presences = Presence.choices
    themes = Theme.choices

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def menu(self) -> list[tuple[str | Promise, list[Entry]]]:
        user = self._request.user
        return list(menu_of(user, cast(PersonRequest, self._request).company)) if user.is_authenticated else []

    @cached_property
    def may_switch(self) -> bool:
        """Whether there is another company than their own that the person may look at."""
        user = self._request.user
        if not user.is_authenticated or user.reach(Permission.SEE_INTERACTIONS) < Reach.SUBTREE:
            return False
        return companies_of(user).exclude(pk=user.company_id).exists()

    @property
    def current(self) -> str:
        """Address name of the menu entry the page belongs to, or an empty string."""
        match = self._request.resolver_match
        entries = (entry for _group, entries in self.menu for entry in entries)
        return next((entry.url_name for entry in entries if match and entry.holds(match.view_name)), "")

    @cached_property
    def limits_near(self) -> list[Bar]:
        """The company's own limits that are nearly or fully taken, on pages where more would be taken of them."""
        user, match = self._request.user, self._request.resolver_match
        if match is None or not user.is_authenticated or not user.may(Permission.SEE_COMPANY):
            return []
        company = cast(PersonRequest, self._request).company
        limited = [each for each in TAKING.get(match.view_name, ()) if getattr(company, each.value) is not None]
        bars = usage.of_company(company, now=utc_now(), resources=limited)
        return [bar for bar in bars if bar.level]

    @property
    def single_sign_on(self) -> str:
        """What the issuer of single sign-on is called; empty where there is none."""
        return settings.OIDC_NAME if settings.OIDC_URL else ""

    @property
    def theme(self) -> str:
        user = self._request.user
        return user.theme if user.is_authenticated else str(Theme.SYSTEM)

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def direction(self) -> str:
        return "rtl" if get_language_bidi() else "ltr"

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Codes, with the names their speakers use."""
        return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor."""
    return {"shell": Shell(request)}
