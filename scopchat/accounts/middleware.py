"""Each request in the person's language, in the time zone and inside the scope of the company they look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django_scopes import scope

from scopchat.accounts.access import PersonRequest
from scopchat.accounts.services import current_company


class PersonMiddleware:
    """Sets `request.company` and opens its scope for signed-in people; strangers get no scope at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            with translation.override(translation.get_language_from_request(request)):
                return _not_kept(self.get_response(request))
        company = cast(PersonRequest, request).company = current_company(
            user=user, chosen=request.session.get("company")
        )
        zone = ZoneInfo(company.time_zone)
        with translation.override(user.language), timezone.override(zone), scope(company=company):
            return _not_kept(self.get_response(request))


def _not_kept(response: HttpResponse) -> HttpResponse:
    """No page stays in a browser's cache for the next person at the screen; what may says so itself."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response
