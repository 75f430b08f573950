"""How a page asks for an export of what its filter finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from scopchat.accounts.access import PersonRequest, is_fragment
from scopchat.common.clock import utc_now
from scopchat.exports import services
from scopchat.exports.kinds import KINDS


def export_of(request: PersonRequest, kind: str, *, asked: Mapping[str, str], words: Sequence[str]) -> HttpResponse:
    """Asks for it, and leads to the page where the file appears. Raises as `services.ask`."""
    services.ask(
        kind=KINDS[kind], company=request.company, acting=request.user, asked=asked, words=words, now=utc_now()
    )
    address = reverse("exports:list")
    return HttpResponse(headers={"HX-Redirect": address}) if is_fragment(request) else redirect(address)
