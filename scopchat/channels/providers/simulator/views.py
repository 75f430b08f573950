"""Toy phones: the customers' side of the simulated carrier, to try the whole desk without an account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.channels.models import Channel
from scopchat.channels.providers.simulator import services
from scopchat.channels.providers.simulator.forms import BehaviourForm, PhoneForm, TextForm
from scopchat.channels.providers.simulator.models import Outcome, SimulatedPhone, SimulatedText
from scopchat.common.clock import utc_now
from scopchat.common.phones import BadNumber

SHOWN = 40
"""Texts shown on each phone."""
MOST_PHONES = 24


def _channels() -> QuerySet[Channel]:
    """The channels that toy phones can text; without any there is no such page."""
    channels: QuerySet[Channel] = Channel.objects.filter(provider__kind="simulator", is_active=True).order_by("name")
    if not channels.exists():
        raise Http404
    return channels


def _with_texts(phones: Iterable[SimulatedPhone]) -> list[tuple[SimulatedPhone, list[SimulatedText]]]:
    return [(toy, list(toy.texts.order_by("-id")[:SHOWN])[::-1]) for toy in phones]


def _context(error: str = "") -> dict[str, Any]:
    return {
        "channels": _channels(),
        "phones": _with_texts(SimulatedPhone.objects.order_by("-id")[:MOST_PHONES]),
        "outcomes": Outcome.choices,
        "error": error,
        "since": int(utc_now().timestamp() * 1000),
    }


@requires(Permission.USE_SIMULATOR)
def phones(request: PersonRequest) -> HttpResponse:
    """Every phone; posting adds one."""
    error = ""
    if request.method == "POST":
        form = PhoneForm(request.POST)
        try:
            _channels()
            services.set_behaviour(company=request.company, phone=form.data.get("number", ""), behaviour={})
            return redirect("simulator:phones")
        except BadNumber:
            error = _("This number cannot exist.")
    part = "#grid" if is_fragment(request) else ""
    return render(request, f"simulator/phones.html{part}", _context(error), status=422 if error else 200)


def _phone(pk: int) -> SimulatedPhone:
    toy: SimulatedPhone = get_object_or_404(SimulatedPhone.objects.select_related("company"), pk=pk)
    return toy


def _drawn(request: PersonRequest, pk: int) -> HttpResponse:
    """The phone as it is now."""
    if not is_fragment(request):
        return redirect("simulator:phones")
    ((toy, texts),) = _with_texts([_phone(pk)])
    return render(request, "simulator/screen.html", {"phone": toy, "texts": texts, "channels": _channels()})


@require_POST
@requires(Permission.USE_SIMULATOR, pk=SimulatedPhone)
def text(request: PersonRequest, pk: int) -> HttpResponse:
    """Texts a channel from the phone."""
    form = TextForm(request.POST, channels=_channels())
    toy = _phone(pk)
    if form.is_valid():
        channel: Channel = form.cleaned_data["channel"]
        services.text_from_phone(channel=channel, phone=toy.number, text=form.cleaned_data["text"], now=utc_now())
    return _drawn(request, pk)


@require_POST
@requires(Permission.USE_SIMULATOR, pk=SimulatedPhone)
def behaviour(request: PersonRequest, pk: int) -> HttpResponse:
    """Sets what becomes of texts to the phone."""
    toy, form = _phone(pk), BehaviourForm(request.POST)
    if form.is_valid():
        services.set_behaviour(company=toy.company, phone=toy.number, behaviour=form.cleaned_data)
    return _drawn(request, pk)
