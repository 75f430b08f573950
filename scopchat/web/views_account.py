"""Pages of one's own account beside allauth's: logging out, and the browsers one is signed in with."""

from __future__ import annotations

from allauth.account import views
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, requires
from scopchat.accounts.own_sessions import close_sessions, sessions_of

FORGET = '"cache", "storage"'
"""Not cookies: they would go for every host of the domain, other products' included."""


def log_out(request: HttpRequest) -> HttpResponse:
    """allauth's page; the browser forgets what it has kept of this site."""
    response: HttpResponse = views.logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = FORGET
    return response


@requires()
def sessions(request: PersonRequest) -> HttpResponse:
    found = sessions_of(request.user, current_key=request.session.session_key)
    return render(request, "account/sessions.html", {"sessions": found})


@require_POST
@requires()
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
