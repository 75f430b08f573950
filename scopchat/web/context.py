"""What every whole page shows around its content. Computed only where a template asks for it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise, cached_property
from django.utils.translation import get_language, get_language_bidi, get_language_info

from scopchat.accounts.models import Presence, Theme
from scopchat.accounts.services import companies_of
from scopchat.web.navigation import MENU, Entry, menu_of


class Shell:
    """The header and the menu of one request."""

    presences = Presence.choices
    themes = Theme.choices

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def menu(self) -> list[tuple[str | Promise, list[Entry]]]:
        user = self._request.user
        return list(menu_of(user)) if user.is_authenticated else []

    @cached_property
    def may_switch(self) -> bool:
        """Whether there is another company than their own that the person may look at."""
        user = self._request.user
        return user.is_authenticated and companies_of(user).exclude(pk=user.company_id).exists()

    @property
    def current(self) -> str:
        """Address name of the menu entry the page belongs to, or an empty string."""
        match = self._request.resolver_match
        return next((entry.url_name for entry in MENU if match and entry.holds(match.view_name)), "")

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
