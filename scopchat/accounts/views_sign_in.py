"""Pages of one's own account beside allauth's: logging out, passkeys, and the browsers one is signed in with."""

from __future__ import annotations

from typing import Any

from allauth.account import views
from allauth.account.views import LoginView, PasswordResetFromKeyView
from allauth.core.internal.httpkit import authenticated_user
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import AddWebAuthnView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from scopchat.accounts import known_browsers
from scopchat.accounts.access import PersonRequest, public, requires
from scopchat.accounts.adapter import SLOWED
from scopchat.accounts.own_sessions import close_sessions, sessions_of
from scopchat.accounts.second_factor import has_second_factor
from scopchat.accounts.single_sign_on import NotReached, ask_issuer

FORGET = '"cache", "storage"'
"""Not cookies: they would go for every host of the domain, other products' included."""


class SignIn(LoginView):
    """allauth's page; where attempts are slowed it says so with 429, and which ways in are open all the same."""

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if form.has_error(NON_FIELD_ERRORS, SLOWED):
            response.status_code = 429
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        form = context["form"]
        return {**context, "slowed": form.is_bound and form.has_error(NON_FIELD_ERRORS, SLOWED)}


class NewPassword(PasswordResetFromKeyView):
    """The page behind the link in the e-mail. Whoever follows it has the mailbox: their browser is known afterwards."""

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        known_browsers.remember(self.request, response, self.reset_user)
        return response


@public()
def log_out(request: HttpRequest) -> HttpResponse:
    """allauth's page; the browser forgets what it has kept of this site."""
    response: HttpResponse = views.logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = FORGET
    return response


@public()
def single_sign_on(request: HttpRequest) -> HttpResponse:
    """To the issuer and back, for strangers only: nobody's account is linked to another identity by a link."""
    if not settings.OIDC_URL:
        raise Http404
    if request.user.is_authenticated:
        return redirect("web:home")
    try:
        return ask_issuer(request)
    except NotReached:
        messages.error(request, _("%(name)s cannot be reached at the moment.") % {"name": settings.OIDC_NAME})
        return redirect("account_login")


class AddPasskey(AddWebAuthnView):
    """Every key that is added can sign in by itself: it knows whom it belongs to, and asks for a finger or a PIN."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["js_data"] = {
            "creation_options": begin_registration(authenticated_user(self.request), passwordless=True)
        }
        return context


add_passkey = requires()(AddPasskey.as_view())


@requires()
def enrol(request: PersonRequest) -> HttpResponse:
    """The page for whoever needs a second factor and has none."""
    if not request.company.needs_second_factor or has_second_factor(request.user):
        return redirect("web:home")
    return render(request, "account/enrol.html")


@requires()
def sessions(request: PersonRequest) -> HttpResponse:
    found = sessions_of(request.user, current_key=request.session.session_key)
    return render(request, "account/sessions.html", {"sessions": found})


@require_POST
@requires(pk=UserSession)
def close_session(request: PersonRequest, pk: int) -> HttpResponse:
    if not close_sessions(user=request.user, current_key=request.session.session_key, only=pk):
        raise Http404
    messages.success(request, _("This browser is signed out."))
    return redirect("sessions")


@require_POST
@requires()
def close_other_sessions(request: PersonRequest) -> HttpResponse:
    count = close_sessions(user=request.user, current_key=request.session.session_key)
    words = ngettext("%(n)d other browser is signed out.", "%(n)d other browsers are signed out.", count)
    messages.success(request, words % {"n": count})
    return redirect("sessions")
