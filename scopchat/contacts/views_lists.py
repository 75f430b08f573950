"""The pages of lists of contacts: all of them, a new one, changing one, deleting one and bringing it back."""

from __future__ import annotations

from dataclasses import fields

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.common.clock import utc_now
from scopchat.common.refusals import said_on
from scopchat.contacts.forms_lists import ListForm
from scopchat.contacts.listing import ListParticulars, add_list, bring_back_list, change_list, delete_list
from scopchat.contacts.models import ContactList
from scopchat.contacts.undoing import notice, undone

BRING_BACK = "contacts:bring_back_list"


@requires(Permission.USE_CONTACTS)
def listing(request: PersonRequest) -> HttpResponse:
    context = {
        "lists": ContactList.objects.kept().by_name().with_counts(),
        "may_edit": request.user.may(Permission.EDIT_CONTACTS),
    }
    return render(request, "contacts/lists.html", context)


@requires(Permission.EDIT_CONTACTS)
def add(request: PersonRequest) -> HttpResponse:
    form = ListForm(request.POST or None)
    if form.is_valid():
        with said_on(form):
            listed = add_list(company=request.company, particulars=form.particulars, acting=request.user, now=utc_now())
            return redirect("contacts:members", listed.pk)
    return _form(request, form, None)


@requires(Permission.EDIT_CONTACTS, pk=ContactList)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    listed = _list(pk)
    initial = {field.name: getattr(listed, field.name) for field in fields(ListParticulars)}
    form = ListForm(request.POST or None, initial=initial)
    if form.is_valid():
        with said_on(form):
            change_list(listed=listed, particulars=form.particulars, acting=request.user)
            messages.success(request, _("The changes are saved."))
            return redirect("contacts:members", pk)
    return _form(request, form, listed)


@require_POST
@requires(Permission.EDIT_CONTACTS, pk=ContactList)
def delete(request: PersonRequest, pk: int) -> HttpResponse:
    """Takes the list's line away, with a notice that offers to undo it."""
    listed = _list(pk)
    delete_list(listed=listed, acting=request.user, now=utc_now())
    words = _("The list “%(name)s” is deleted.") % {"name": listed}
    if not is_fragment(request):
        messages.success(request, words)
        return redirect("contacts:lists")
    return notice(request, words, pk, address=BRING_BACK)


@require_POST
@requires(Permission.EDIT_CONTACTS)
def bring_back(request: PersonRequest) -> HttpResponse:
    """Undoes what the person deleted a moment ago, by what the notice of it holds."""
    (pk,) = undone(request, BRING_BACK)
    listed = get_object_or_404(ContactList.objects.select_related("company"), pk=pk)
    bring_back_list(listed=listed, acting=request.user)
    messages.success(request, _("The list “%(name)s” is back.") % {"name": listed})
    return HttpResponse(headers={"HX-Refresh": "true"})


def _list(pk: int) -> ContactList:
    listed: ContactList = get_object_or_404(ContactList.objects.kept().select_related("company"), pk=pk)
    return listed


def _form(request: PersonRequest, form: ListForm, listed: ContactList | None) -> HttpResponse:
    back = reverse("contacts:members", args=[listed.pk]) if listed else reverse("contacts:lists")
    context = {"form": form, "listed": listed, "back": back}
    return render(request, "contacts/list_form.html", context, status=422 if form.is_bound else 200)
