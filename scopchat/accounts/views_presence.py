"""Presence: choosing one's own, reporting activity, and reading everybody's."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, requires
from scopchat.accounts.models import Presence
from scopchat.accounts.presence import be_active, presences_of
from scopchat.accounts.presence import choose as choose_presence
from scopchat.accounts.roles import Permission
from scopchat.common.clock import utc_now
from scopchat.common.redirects import back

MAX_SECONDS = 86_400


@require_POST
@requires()
def choose(request: PersonRequest) -> HttpResponse:
    chosen = request.POST.get("presence")
    if chosen in Presence.values:
        choose_presence(person=request.user, presence=Presence(chosen), now=utc_now())
    return back(request)


@require_POST
@requires()
def activity(request: PersonRequest) -> HttpResponse:
    """Called by a browser every few minutes while its person uses the keyboard or the mouse."""
    seconds = request.POST.get("ago", "")
    ago = int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 6 else MAX_SECONDS
    be_active(person=request.user, ago=timedelta(seconds=min(ago, MAX_SECONDS)), now=utc_now())
    return HttpResponse(status=204)


@requires(Permission.SEE_PRESENCE)
def everyone(request: PersonRequest) -> JsonResponse:
    """Who is not offline in the company looked at. For pages that may have missed a change."""
    return JsonResponse({str(pk): presence for pk, presence in presences_of(request.company).items()})
