"""Each request in the person's language, in the time zone and inside the scope of the company its address names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django_scopes import scope

from scopchat.accounts import presence
from scopchat.accounts.access import PersonRequest, is_fragment
from scopchat.accounts.entering import enter
from scopchat.accounts.second_factor import must_add_factor
from scopchat.accounts.services import current_company
from scopchat.common.clock import utc_now
from scopchat.tenancy.addresses import Place, at, is_companys, outside, place_of

NOWHERE = Place(None, "")
"""Set for an address in a company that the person may not look at."""


class PersonMiddleware:
    """Sets `request.company` and opens its scope for signed-in people; strangers get no scope at all.

    The company is taken out of the path before anything resolves it, and is Django's script prefix from then on. One
    that the person may not look at is not there. Who opens a page is there: its header says so at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        place = place_of(request.path_info)
        request.path_info = place.path
        user = request.user
        if not user.is_authenticated:
            with translation.override(translation.get_language_from_request(request)):
                return _not_kept(self.get_response(request))
        person = cast(PersonRequest, request)
        company = current_company(user=user, named=place.company_id)
        # What is not there says so at the person's own company.
        person.place = place if company else NOWHERE
        company = person.company = company or user.company
        if request.method == "GET" and not is_fragment(request):
            presence.open_page(person=user, now=utc_now())
        zone, where = ZoneInfo(company.time_zone), at(company.pk if is_companys(place.path) else None)
        with translation.override(user.language), timezone.override(zone), scope(company=company), where:
            return _not_kept(self.get_response(request))

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        person = cast(PersonRequest, request)
        if person.place == NOWHERE:
            raise Http404
        if person.place.company_id is None and is_companys(person.path_info) and person.path_info != "/":
            return _as_once(person)
        enter(session=request.session, person=person.user, company=person.company, now=utc_now())
        return None


def _as_once(request: PersonRequest) -> HttpResponse:
    """A company's page without the company, as bookmarks from before have it: their own company's is meant.

    What would be changed there may be meant for another one. A page that asks for its parts so is drawn anew.
    """
    if request.method not in {"GET", "HEAD"}:
        raise Http404
    if is_fragment(request):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return HttpResponseRedirect(f"/c/{request.company.pk}{request.get_full_path()}")


class FirstPasswordMiddleware:
    """Shows one page to whoever signed in with a password that somebody else knows, until they choose their own."""

    ALLOWED = frozenset({"accounts:first_password", "account_logout", "set_language"})

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
            return HttpResponse(headers={"HX-Redirect": outside("accounts:first_password")})
        return redirect(outside("accounts:first_password"))


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
            return HttpResponse(headers={"HX-Redirect": reverse("accounts:enrol")})
        return redirect("accounts:enrol")


OPEN_WITHOUT = {
    "accounts:enrol",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "account_logout",
    "set_language",
    "accounts:preferences",
    "accounts:first_password",
}
"""Pages that lead to a second factor, or out."""


def _not_kept(response: HttpResponse) -> HttpResponse:
    """No page stays in a browser's cache for the next person at the screen; what may says so itself."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response
