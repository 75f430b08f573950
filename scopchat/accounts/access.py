"""Who may open a page: sign-in and the permission matrix, decided before any view runs.

Every view declares it with `requires`, or with `public` where no sign-in is asked, so that a test can read it
(`access_of`). Both take, by the names of the arguments in the address, what each stands for: `pk=Interaction`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.tenancy.addresses import Place
from scopchat.tenancy.models import Company


class PersonRequest(HttpRequest):
    """A request of a signed-in person, as `PersonMiddleware` leaves it."""

    user: User
    company: Company
    """Which the address names; the person's own on pages of no company."""
    place: Place


@dataclass(frozen=True, slots=True)
class Access:
    """What a view declares."""

    permissions: tuple[Permission, ...] | None
    """All of these are needed; none but to be signed in where it is empty; not even that where it is None."""
    arguments: Mapping[str, type]
    """What the arguments of its address stand for."""


def access_of(view: Callable[..., object]) -> Access | None:
    """What the view declares; None where it declares nothing."""
    return getattr(view, "access", None)


def is_fragment(request: HttpRequest) -> bool:
    """Whether the page asks for a part of itself, not to be opened anew (htmx's `HX-Request-Type`)."""
    return request.headers.get("HX-Request-Type") == "partial"


def requires[**P](
    *permissions: Permission, **arguments: type
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

        guarded.access = Access(permissions, arguments)  # type: ignore[attr-defined]
        return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], guarded)

    return decorate


def public[V: Callable[..., Any]](**arguments: type) -> Callable[[V], V]:
    """Anybody may open the page; what they have to show for it, such as a signed link, the view looks at itself."""

    def decorate(view: V) -> V:
        view.access = Access(None, arguments)  # type: ignore[attr-defined]
        return view

    return decorate
