"""Toy phones: the customers' side of the simulated carrier, to try the whole desk without an account."""

from __future__ import annotations

import string
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.channels.models import Channel
from scopchat.channels.providers.simulator import photos, services
from scopchat.channels.providers.simulator.forms import BehaviourForm, PhoneForm, TextForm
from scopchat.channels.providers.simulator.models import Outcome, SimulatedPhone, SimulatedText
from scopchat.common.clock import utc_now
from scopchat.common.images import NotAPhoto
from scopchat.common.phones import BadNumber
from scopchat.common.photo_uploads import checked_upload

SHOWN = 40
"""Texts shown on each phone."""
STEP = 24
"""Phones shown at first, and how many more each time."""
MAX_SHOWN = 240


def _channels() -> QuerySet[Channel]:
    """The channels that toy phones can text."""
    return Channel.objects.filter(provider__kind="simulator", is_active=True).order_by("name", "pk")


def _phones() -> QuerySet[SimulatedPhone]:
    """Every phone with its latest texts, the last first, in two queries (index `simulated_text_thread`)."""
    texts = SimulatedText.objects.filter(arrives=True).order_by("-id")[:SHOWN]
    phones: QuerySet[SimulatedPhone] = SimulatedPhone.objects.select_related("company").prefetch_related(
        Prefetch("texts", queryset=texts, to_attr="latest")
    )
    return phones


def _context(request: PersonRequest, error: str = "") -> dict[str, Any]:
    digits = "".join(char for char in request.GET.get("q", "") if char in string.digits)[:20]
    asked = request.GET.get("shown", "")
    shown = min(int(asked), MAX_SHOWN) if asked.isascii() and asked.isdigit() and len(asked) < 5 else STEP
    found = list(_phones().filter(number__contains=digits).order_by("-id")[: shown + 1])
    more = min(shown + STEP, MAX_SHOWN) if len(found) > shown and shown < MAX_SHOWN else 0
    return {
        "channels": _channels(),
        "phones": found[:shown],
        "digits": digits,
        "shown": shown,
        "more": more,
        "too_many": len(found) > shown and not more,
        "outcomes": Outcome.choices,
        "error": error,
        "since": int(utc_now().timestamp() * 1000),
    }


@requires(Permission.USE_SIMULATOR)
def phones(request: PersonRequest) -> HttpResponse:
    """The phones whose number is searched for, the newest first; posting adds one."""
    error = ""
    if request.method == "POST" and _channels().exists():
        form = PhoneForm(request.POST)
        try:
            services.set_behaviour(company=request.company, phone=form.data.get("number", ""), behaviour={})
            return redirect("simulator:phones")
        except BadNumber:
            error = _("This number cannot exist.")
    part = "#grid" if is_fragment(request) else ""
    return render(request, f"simulator/phones.html{part}", _context(request, error), status=422 if error else 200)


def _phone(pk: int) -> SimulatedPhone:
    toy: SimulatedPhone = get_object_or_404(_phones(), pk=pk)
    return toy


def _drawn(request: PersonRequest, pk: int) -> HttpResponse:
    """The phone as it is now."""
    if not is_fragment(request):
        return redirect("simulator:phones")
    return render(request, "simulator/screen.html", {"phone": _phone(pk), "channels": _channels()})


@require_POST
@requires(Permission.USE_SIMULATOR, pk=SimulatedPhone)
def text(request: PersonRequest, pk: int) -> HttpResponse:
    """Texts a channel from the phone."""
    form = TextForm(request.POST, channels=_channels())
    toy = _phone(pk)
    addresses = _photo_in(request)
    if form.is_valid() and (form.cleaned_data["text"] or addresses):
        channel: Channel = form.cleaned_data["channel"]
        words = form.cleaned_data["text"]
        services.text_from_phone(channel=channel, phone=toy.number, text=words, media_urls=addresses, now=utc_now())
    return _drawn(request, pk)


def _photo_in(request: PersonRequest) -> tuple[str, ...]:
    """Where the carrier keeps the photo that was taken; none where it is no photo."""
    try:
        return (photos.keep(checked_upload(request.FILES.get("photo"))),)
    except NotAPhoto:
        return ()


@require_POST
@requires(Permission.USE_SIMULATOR, pk=SimulatedPhone)
def behaviour(request: PersonRequest, pk: int) -> HttpResponse:
    """Sets what becomes of texts to the phone."""
    toy, form = _phone(pk), BehaviourForm(request.POST)
    if form.is_valid():
        services.set_behaviour(company=toy.company, phone=toy.number, behaviour=form.cleaned_data)
    return _drawn(request, pk)
