"""Each request in the person's language, in the time zone and inside the scope of the company they look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django_scopes import scope

from scopchat.accounts import presence
from scopchat.accounts.access import PersonRequest, is_fragment
from scopchat.accounts.second_factor import must_add_factor
from scopchat.accounts.services import current_company
from scopchat.common.clock import utc_now


class PersonMiddleware:
    """Sets `request.company` and opens its scope for signed-in people; strangers get no scope at all.

    Who opens a page is there: its header says so at once.
    """

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
        if request.method == "GET" and not is_fragment(request):
            presence.open_page(person=user, now=utc_now())
        zone = ZoneInfo(company.time_zone)
        with translation.override(user.language), timezone.override(zone), scope(company=company):
            return _not_kept(self.get_response(request))


class FirstPasswordMiddleware:
    """Who signed in with a password that somebody else knows sees one page until they have chosen their own."""

    ALLOWED = frozenset({"web:first_password", "account_logout", "set_language"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponse], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        user, match = request.user, request.resolver_match
        if not user.is_authenticated or not user.must_change_password:
            return None
        if match is not None and match.view_name in self.ALLOWED:
            return None
        if is_fragment(request):
            return HttpResponse(headers={"HX-Redirect": reverse("web:first_password")})
        return redirect("web:first_password")


class SecondFactorMiddleware:
    """Leads people of companies that require a second factor, and who have none, to adding one before anything else.

    It counts for the company that is looked at: who enters it from above needs one as well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match, company = request.resolver_match, getattr(request, "company", None)
        if company is None or (match and match.view_name in OPEN_WITHOUT):
            return None
        if not must_add_factor(cast(PersonRequest, request).user, company):
            return None
        if is_fragment(request):
            return HttpResponse(headers={"HX-Redirect": reverse("enrol")})
        return redirect("enrol")


OPEN_WITHOUT = {
    "enrol",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "account_logout",
    "set_language",
    "web:switch_company",
    "web:preferences",
    "web:first_password",
}
"""Pages that lead to a second factor, or out."""


def _not_kept(response: HttpResponse) -> HttpResponse:
    """No page stays in a browser's cache for the next person at the screen; what may says so itself."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response
