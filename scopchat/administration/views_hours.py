"""Opening hours, and what happens on channels and in queues when nobody is there."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, requires
from scopchat.accounts.roles import Permission
from scopchat.administration.forms_fallbacks import ChannelFallbackForm, FallbackForm
from scopchat.administration.forms_hours import HoursForm
from scopchat.administration.hours import holidays_after, summary_of
from scopchat.automation.models import Fallback, OpeningHours
from scopchat.automation.services.settings import create_hours, delete_hours, set_fallback, set_texts, update_hours
from scopchat.channels.models import Channel
from scopchat.common.refusals import said_after, said_on
from scopchat.queues.models import Queue


def _hours(pk: int) -> OpeningHours:
    hours: OpeningHours = get_object_or_404(OpeningHours.objects.select_related("company"), pk=pk)
    return hours


@requires(Permission.MANAGE_CHANNELS)
def listing(request: PersonRequest) -> HttpResponse:
    found = OpeningHours.objects.annotate(followed=Count("fallbacks")).order_by("name", "pk")
    return render(request, "administration/hours.html", {"rows": [(hours, summary_of(hours)) for hours in found]})


@requires(Permission.MANAGE_CHANNELS)
def add(request: PersonRequest) -> HttpResponse:
    form = HoursForm(request.POST or None, company=request.company)
    if request.method == "POST" and form.is_valid():
        with said_on(form):
            create_hours(company=request.company, hours=form.cleaned_data["hours"], acting=request.user)
            messages.success(request, _("The opening hours were added."))
            return redirect("administration:hours")
    return _form(request, form, None)


@requires(Permission.MANAGE_CHANNELS, pk=OpeningHours)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    hours = _hours(pk)
    form = HoursForm(request.POST or None, company=request.company, hours=hours)
    if request.method == "POST" and form.is_valid():
        with said_on(form):
            update_hours(hours=hours, to=form.cleaned_data["hours"], acting=request.user)
            messages.success(request, _("The changes are saved."))
            return redirect("administration:hours")
    return _form(request, form, hours)


def _form(request: PersonRequest, form: HoursForm, hours: OpeningHours | None) -> HttpResponse:
    holidays = holidays_after(hours.region, localdate()) if hours else []
    context = {"form": form, "hours": hours, "holidays": holidays}
    return render(request, "administration/hours_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.MANAGE_CHANNELS, pk=OpeningHours)
def delete(request: PersonRequest, pk: int) -> HttpResponseBase:
    hours = _hours(pk)
    done = _("“%(name)s” is deleted.") % {"name": hours.name}
    said_after(request, lambda: delete_hours(hours=hours, acting=request.user), done=done)
    return redirect("administration:hours")


@requires(Permission.MANAGE_CHANNELS, pk=Channel)
def channel(request: PersonRequest, pk: int) -> HttpResponse:
    """What happens on a channel when nobody is there, and what it answers to keywords."""
    place: Channel = get_object_or_404(Channel.objects.select_related("company", "queue"), pk=pk)
    form = ChannelFallbackForm(request.POST or None, place=place)
    if request.method == "POST" and form.is_valid():
        set_fallback(place=place, to=form.cleaned_data["fallback"], acting=request.user)
        set_texts(channel=place, texts=form.texts, acting=request.user)
        messages.success(request, _("The changes are saved."))
        return redirect("channels:edit", pk)
    of_queue = Fallback.objects.filter(queue=place.queue_id, queue__isnull=False).exists()
    context = {"form": form, "channel": place, "of_queue": of_queue}
    return _fallback(request, context)


@requires(Permission.MANAGE_CHANNELS, pk=Queue)
def queue(request: PersonRequest, pk: int) -> HttpResponse:
    """What happens in a queue when nobody is there, on channels that do not say it themselves."""
    place: Queue = get_object_or_404(Queue.objects.select_related("company"), pk=pk)
    form = FallbackForm(request.POST or None, place=place)
    if request.method == "POST" and form.is_valid():
        set_fallback(place=place, to=form.cleaned_data["fallback"], acting=request.user)
        messages.success(request, _("The changes are saved."))
        return redirect("administration:queue", pk)
    return _fallback(request, {"form": form, "queue": place})


def _fallback(request: PersonRequest, context: dict[str, object]) -> HttpResponse:
    context["has_hours"] = OpeningHours.objects.exists()
    status = 422 if request.method == "POST" else 200
    return render(request, "administration/fallback.html", context, status=status)
