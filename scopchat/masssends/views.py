"""The pages of mass sends: the list, writing one, and one from its preparation to its results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.common.clock import utc_now
from scopchat.common.keyset import Cursor, page_of
from scopchat.common.refusals import said_after, said_on
from scopchat.contacts.consent import Basis
from scopchat.contacts.models import ContactList
from scopchat.exports.asking import export_of
from scopchat.masssends import results
from scopchat.masssends.audience import Audience
from scopchat.masssends.export import Recipients
from scopchat.masssends.forms import ConfirmForm, MassSendFilter, MassSendForm, RecipientFilter
from scopchat.masssends.models import MassSend, SendState
from scopchat.masssends.rendering import FIELDS
from scopchat.masssends.results import Outcome
from scopchat.masssends.services import drafting, steering

PAGE = 50
CHANGING = (SendState.PREPARING, SendState.SENDING)
"""While it is so, the page asks again."""


@requires(Permission.MASS_SEND)
def listing(request: PersonRequest) -> HttpResponse:
    """All of them, the latest first."""
    form = MassSendFilter(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    found = MassSend.objects.mentioning(asked.get("q", "")).select_related("channel")
    if asked.get("state"):
        found = found.filter(state=asked["state"])
    if asked.get("channel"):
        found = found.filter(channel=asked["channel"])
    after = Cursor.asked(request.GET)
    page = page_of(found, after, by="created_at", size=PAGE)
    context = {
        "mass_sends": page.rows,
        "next_cursor": page.next_cursor,
        "form": form,
        "is_narrowed": any(asked.values()),
    }
    part = "#more" if after else "#results" if is_fragment(request) else ""
    return render(request, f"masssends/list.html{part}", context)


@requires(Permission.MASS_SEND)
def add(request: PersonRequest) -> HttpResponse:
    form = MassSendForm(request.POST or None, company=request.company)
    if form.is_valid():
        with said_on(form):
            made = drafting.draft(
                company=request.company,
                channel=form.cleaned_data["channel"],
                wording=form.wording,
                acting=request.user,
                now=utc_now(),
            )
            return redirect("masssends:page", made.pk)
    return _form(request, form, None)


@requires(Permission.MASS_SEND, pk=MassSend)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    mass_send = _mass_send(pk)
    form = MassSendForm(request.POST or None, company=request.company, mass_send=mass_send)
    if form.is_valid():
        with said_on(form):
            drafting.change(
                mass_send=mass_send,
                channel=form.cleaned_data["channel"],
                wording=form.wording,
                acting=request.user,
                now=utc_now(),
            )
            return redirect("masssends:page", pk)
    return _form(request, form, mass_send)


@requires(Permission.MASS_SEND, pk=MassSend)
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """What it will take, how far it has come, or what became of it."""
    mass_send = _mass_send(pk)
    after = request.GET.get("after", "")
    part = "#more" if after else ""
    if request.headers.get("HX-Target") == "div#progress" and not after:
        part = "#progress"
    elif is_fragment(request) and not after:
        part = "#results"
    response = render(request, f"masssends/page.html{part}", _context(request, mass_send, after))
    if part == "#progress" and mass_send.state not in CHANGING:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@requires(Permission.MASS_SEND, pk=MassSend)
def export(request: PersonRequest, pk: int) -> HttpResponse:
    """Asks for a file of the recipients that the filter finds."""
    mass_send = _mass_send(pk)
    outcome, typed = RecipientFilter.read(request.POST)
    words = [str(mass_send), str(Outcome(outcome).label) if outcome else "", typed]
    asked = {"mass_send": str(pk), "outcome": outcome, "q": typed}
    return export_of(request, Recipients.name, asked=asked, words=[word for word in words if word])


@require_POST
@requires(Permission.MASS_SEND, pk=MassSend)
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    form = ConfirmForm(request.POST)
    form.is_valid()
    mass_send = _mass_send(pk)
    act = partial(steering.confirm, mass_send=mass_send, typed=form.number, acting=request.user, now=utc_now())
    said_after(request, act, done=_("The mass send is on its way."))
    return redirect("masssends:page", pk)


@require_POST
@requires(Permission.MASS_SEND, pk=MassSend)
def pause(request: PersonRequest, pk: int) -> HttpResponse:
    act = partial(steering.pause, mass_send=_mass_send(pk), acting=request.user)
    said_after(request, act, done=_("The mass send is paused."))
    return redirect("masssends:page", pk)


@require_POST
@requires(Permission.MASS_SEND, pk=MassSend)
def resume(request: PersonRequest, pk: int) -> HttpResponse:
    act = partial(steering.resume, mass_send=_mass_send(pk), acting=request.user)
    said_after(request, act, done=_("The mass send goes on."))
    return redirect("masssends:page", pk)


@require_POST
@requires(Permission.MASS_SEND, pk=MassSend)
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    act = partial(steering.cancel, mass_send=_mass_send(pk), acting=request.user, now=utc_now())
    said_after(request, act, done=_("The rest of the mass send is cancelled."))
    return redirect("masssends:page", pk)


@require_POST
@requires(Permission.MASS_SEND, pk=MassSend)
def discard(request: PersonRequest, pk: int) -> HttpResponse:
    drafting.discard(mass_send=_mass_send(pk), acting=request.user)
    messages.success(request, _("The draft is deleted."))
    return redirect("masssends:list")


def _mass_send(pk: int) -> MassSend:
    found: MassSend = get_object_or_404(MassSend.objects.select_related("company", "channel__company", "author"), pk=pk)
    return found


def _form(request: PersonRequest, form: MassSendForm, mass_send: MassSend | None) -> HttpResponse:
    context = {"form": form, "mass_send": mass_send, "fields": FIELDS.items()}
    return render(request, "masssends/form.html", context, status=422 if form.is_bound else 200)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast it goes, and when the last of it will have left."""

    a_second: float
    ends_at: datetime


def pace_of(mass_send: MassSend, now: datetime) -> Pace:
    """By what the channel and the send itself allow; those asleep have their turn when they wake."""
    a_second = min(float(mass_send.channel.throughput), (mass_send.pace or 60_000) / 60)
    share = mass_send.waiting / max(1, mass_send.to_leave)
    ends = max(now, mass_send.starts_at or now) + timedelta(seconds=mass_send.segments * share / a_second)
    waits = mass_send.awake_at if mass_send.asleep else None
    return Pace(a_second, max(ends, waits) if waits else ends)


def _on_unknown_basis(mass_send: MassSend) -> list[ContactList]:
    """Lists of the audience of which nobody has said on what consent they rest."""
    lists = ContactList.objects.kept().filter(pk__in=Audience.of(mass_send.audience).lists)
    return list(lists.filter(consent_basis=Basis.UNKNOWN).order_by("search", "pk"))


def _context(request: PersonRequest, mass_send: MassSend, after: str) -> dict[str, object]:
    now = utc_now()
    outcome, typed = RecipientFilter.read(request.GET)
    recipients, next_cursor = results.page_of(results.recipients_of(mass_send, outcome=outcome, typed=typed), after)
    is_ready = mass_send.state == SendState.READY
    return {
        "mass_send": mass_send,
        "is_changing": mass_send.state in CHANGING,
        "pace": pace_of(mass_send, now),
        "effects": results.effects_of(mass_send),
        "examples": results.examples_of(mass_send) if is_ready else (),
        "on_unknown_basis": _on_unknown_basis(mass_send) if is_ready else (),
        "must_type": mass_send.waiting > steering.TYPED_FROM,
        "lines": results.lines_of(recipients),
        "next_cursor": next_cursor,
        "outcomes": Outcome.choices,
        "outcome": outcome,
        "text": typed,
        "is_fragment": is_fragment(request),
    }
