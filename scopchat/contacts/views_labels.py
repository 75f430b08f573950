"""The page of a company's labels."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, requires
from scopchat.accounts.roles import Permission
from scopchat.common.clock import utc_now
from scopchat.common.refusals import said_on
from scopchat.contacts.forms import LabelForm
from scopchat.contacts.labelling import add_label, remove_label
from scopchat.contacts.models import Label


@requires(Permission.EDIT_CONTACTS)
def listing(request: PersonRequest) -> HttpResponse:
    """All of them, and a new one."""
    form = LabelForm(request.POST or None)
    if form.is_valid():
        with said_on(form):
            add_label(company=request.company, name=form.cleaned_data["name"], acting=request.user)
            return redirect("contacts:labels")
    context = {"form": form, "labels": Label.objects.order_by("name")}
    return render(request, "contacts/labels.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.EDIT_CONTACTS, pk=Label)
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    label = get_object_or_404(Label.objects.select_related("company"), pk=pk)
    remove_label(label=label, acting=request.user, now=utc_now())
    messages.success(request, _("The label “%(name)s” is removed.") % {"name": label.name})
    return redirect("contacts:labels")
