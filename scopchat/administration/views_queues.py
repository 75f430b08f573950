"""The company's queues: the list, adding and editing one, its people, closing it and opening it again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.administration.forms_queues import QueueForm, QueuePeopleForm
from scopchat.administration.queues import listing_of
from scopchat.common.clock import utc_now
from scopchat.common.refusals import said_after, said_on
from scopchat.interactions.services.queue_closing import close_queue
from scopchat.queues.models import Queue
from scopchat.queues.services import create_queue, reopen_queue, set_members, update_queue


def _queue(pk: int) -> Queue:
    queue: Queue = get_object_or_404(Queue.objects.select_related("company"), pk=pk)
    return queue


@requires(Permission.MANAGE_PEOPLE)
def listing(request: PersonRequest) -> HttpResponse:
    part = "#open" if is_fragment(request) else ""
    return render(request, f"administration/queues.html{part}", {"listing": listing_of(request.company)})


@requires(Permission.MANAGE_PEOPLE)
def add(request: PersonRequest) -> HttpResponse:
    form = QueueForm(request.POST or None, company=request.company)
    if request.method == "POST" and form.is_valid():
        with said_on(form):
            create_queue(company=request.company, acting=request.user, **form.cleaned_data)
            messages.success(request, _("The queue was added."))
            return redirect("administration:queues")
    status = 422 if form.is_bound else 200
    return render(request, "administration/queue_form.html", {"form": form, "queue": None}, status=status)


@requires(Permission.MANAGE_PEOPLE, pk=Queue)
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    queue = _queue(pk)
    form = QueueForm(request.POST or None, company=request.company, queue=queue)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data}
        people = {name: values.pop(name) for name in ("agents", "administrators")}
        with said_on(form):
            update_queue(queue=queue, acting=request.user, **values)
            set_members(queue=queue, acting=request.user, **people)
            messages.success(request, _("The changes are saved."))
            return redirect("administration:queues")
    context = {"form": form, "queue": _queue(pk) if form.is_bound else queue}
    return render(request, "administration/queue_form.html", context, status=422 if form.is_bound else 200)


@requires(Permission.MANAGE_PEOPLE, pk=Queue)
def people(request: PersonRequest, pk: int) -> HttpResponse:
    """Who is in the queue, alone: a dialog of the list, or a page."""
    queue = _queue(pk)
    form = QueuePeopleForm(request.POST if request.method == "POST" else None, company=request.company, queue=queue)
    if form.is_valid():
        set_members(queue=queue, acting=request.user, **form.cleaned_data)
        messages.success(request, _("The changes are saved."))
        return redirect("administration:queues")
    part = "#dialog" if is_fragment(request) else ""
    context = {"form": form, "queue": queue}
    status = 422 if form.is_bound else 200
    return render(request, f"administration/queue_people.html{part}", context, status=status)


@require_POST
@requires(Permission.MANAGE_PEOPLE, pk=Queue)
def close(request: PersonRequest, pk: int) -> HttpResponseBase:
    queue = _queue(pk)
    done = _("%(name)s is closed.") % {"name": queue.name}
    said_after(request, lambda: close_queue(queue=queue, acting=request.user, now=utc_now()), done=done)
    queue.refresh_from_db(fields=["closed_at"])
    return redirect("administration:queues") if queue.closed_at else redirect("administration:queue", pk)


@require_POST
@requires(Permission.MANAGE_PEOPLE, pk=Queue)
def reopen(request: PersonRequest, pk: int) -> HttpResponseBase:
    queue = _queue(pk)
    done = _("%(name)s is open again.") % {"name": queue.name}
    said_after(request, lambda: reopen_queue(queue=queue, acting=request.user), done=done)
    return redirect("administration:queues")
