"""Who may open a page: sign-in and the permission matrix, decided before any view runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.tenancy.models import Company


class PersonRequest(HttpRequest):
    """A request of a signed-in person, as `PersonMiddleware` leaves it."""

    user: User
    company: Company


def is_fragment(request: HttpRequest) -> bool:
    """Whether the page asks for a part of itself, not to be opened anew (htmx's `HX-Request-Type`)."""
    return request.headers.get("HX-Request-Type") == "partial"


def requires[**P](
    *permissions: Permission,
) -> Callable[
    [Callable[Concatenate[PersonRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Lets only signed-in people in whose role has all `permissions`, over anything at all; others get 403.

    Strangers are sent to sign in; a fragment tells the page to go there, as it has no place for a sign-in form.
    """

    def decorate(
        view: Callable[Concatenate[PersonRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if is_fragment(request):
                    return HttpResponse(headers={"HX-Redirect": reverse("account_login")})
                return redirect_to_login(request.get_full_path())
            person = cast(PersonRequest, request)
            if not all(person.user.may(permission) for permission in permissions):
                raise PermissionDenied
            return view(person, *args, **kwargs)

        return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], guarded)

    return decorate
