"""The pages of contacts: the list, a new one, changing one, deleting one and bringing it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.common.clock import utc_now
from scopchat.common.keyset import SearchCursor, page_by_search
from scopchat.common.phones import display
from scopchat.common.refusals import Conflict, said_on
from scopchat.contacts.forms import ContactFilter, ContactForm
from scopchat.contacts.labelling import set_labels
from scopchat.contacts.models import Contact
from scopchat.contacts.services import add_contact, bring_back_contact, change_contact, delete_contact

PAGE = 50
UNDO_SECONDS = 20
"""How long deleting can be undone: the notice shows for 8 s, and longer under the pointer."""
SALT = "contacts.delete"


@requires(Permission.USE_CONTACTS)
def listing(request: PersonRequest) -> HttpResponse:
    form = ContactFilter(request.GET)
    form.is_valid()
    text, label = form.cleaned_data.get("q", ""), form.cleaned_data.get("label")
    found = Contact.objects.kept().found_by(text).prefetch_related("labels")
    if label:
        found = found.filter(labels=label)
    after = SearchCursor.asked(request.GET)
    page = page_by_search(found, after, size=PAGE)
    context = {
        "contacts": page.rows,
        "next_cursor": page.next_cursor,
        "text": text,
        "label": label,
        "labels": form.fields["label"].queryset,  # type: ignore[attr-defined]
        "may_edit": request.user.may(Permission.EDIT_CONTACTS),
        "may_start": request.user.may(Permission.START_CONVERSATION),
    }
    part = "#more" if after else "#results" if is_fragment(request) else ""
    return render(request, f"contacts/list.html{part}", context)


@requires(Permission.EDIT_CONTACTS)
def add(request: PersonRequest) -> HttpResponse:
    form = ContactForm(request.POST or None)
    if form.is_valid():
        with said_on(form):
            contact = add_contact(company=request.company, **_typed(request, form))
            set_labels(contact=contact, labels=list(form.cleaned_data["labels"]), now=utc_now())
            messages.success(request, _("%(name)s is among the contacts.") % {"name": contact})
            return redirect("contacts:list")
    return _form(request, form, None)


@requires(Permission.EDIT_CONTACTS, pk=Contact)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    contact = _contact(pk)
    initial = {
        "phone": display(contact.number, request.company.country),
        "labels": list(contact.labels.values_list("pk", flat=True)),
        **{name: getattr(contact, name) for name in ("name", "business", "email")},
    }
    form = ContactForm(request.POST or None, initial=initial)
    if form.is_valid():
        with said_on(form):
            change_contact(contact=contact, **_typed(request, form))
            set_labels(contact=contact, labels=list(form.cleaned_data["labels"]), now=utc_now())
            messages.success(request, _("The changes are saved."))
            return redirect("contacts:list")
    return _form(request, form, contact)


@require_POST
@requires(Permission.EDIT_CONTACTS, pk=Contact)
def delete(request: PersonRequest, pk: int) -> HttpResponse:
    """Takes the contact's line away, with a notice that offers to undo it."""
    contact = _contact(pk)
    delete_contact(contact=contact, acting=request.user, now=utc_now())
    words = _("%(name)s deleted") % {"name": contact}
    if not is_fragment(request):
        messages.success(request, words)
        return redirect("contacts:list")
    context = {
        "text": words,
        "undo": signing.dumps([request.user.pk, contact.pk], salt=SALT),
        "undo_address": "contacts:bring_back",
    }
    return render(request, "web/toast.html", context)


@require_POST
@requires(Permission.EDIT_CONTACTS)
def bring_back(request: PersonRequest) -> HttpResponse:
    """Undoes what the person deleted a moment ago, by what the notice of it holds."""
    try:
        person, pk = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        person, pk = 0, 0
    if person != request.user.pk:
        raise Conflict(_("It is too late to undo this."))
    contact = get_object_or_404(Contact.objects.select_related("company"), pk=pk)
    bring_back_contact(contact=contact, acting=request.user, now=utc_now())
    messages.success(request, _("%(name)s is back.") % {"name": contact})
    return HttpResponse(headers={"HX-Refresh": "true"})


def _contact(pk: int) -> Contact:
    contact: Contact = get_object_or_404(Contact.objects.kept().select_related("company"), pk=pk)
    return contact


def _typed(request: PersonRequest, form: ContactForm) -> dict[str, Any]:
    return {
        "phone": form.cleaned_data["phone"],
        "particulars": form.particulars,
        "acting": request.user,
        "now": utc_now(),
    }


def _form(request: PersonRequest, form: ContactForm, contact: Contact | None) -> HttpResponse:
    notes = contact.notes.select_related("author").order_by("-id") if contact else ()
    context = {"form": form, "contact": contact, "notes": notes}
    return render(request, "contacts/form.html", context, status=422 if form.is_bound else 200)
