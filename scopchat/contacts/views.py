"""The pages of contacts: the list, a new one, changing one, deleting one and bringing it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.common.clock import utc_now
from scopchat.common.keyset import SearchCursor, page_by_search
from scopchat.common.phones import display
from scopchat.common.refusals import Refusal, said_on
from scopchat.contacts.export import Contacts
from scopchat.contacts.forms import ContactFilter, ContactForm
from scopchat.contacts.labelling import set_labels
from scopchat.contacts.listing import set_lists
from scopchat.contacts.models import Contact, ContactList
from scopchat.contacts.services import add_contact, bring_back_contact, change_contact, delete_contact
from scopchat.contacts.undoing import notice, undone
from scopchat.exports.asking import export_of

PAGE = 50
BRING_BACK = "contacts:bring_back"


@requires(Permission.USE_CONTACTS)
def listing(request: PersonRequest) -> HttpResponse:
    form = ContactFilter(request.GET)
    form.is_valid()
    text, label, listed = (form.cleaned_data.get(name) for name in ("q", "label", "list"))
    found = form.narrowed(Contact.objects.kept())
    found = found.prefetch_related("labels", Prefetch("lists", ContactList.objects.kept().by_name()))
    after = SearchCursor.asked(request.GET)
    page = page_by_search(found, after, size=PAGE)
    context = {
        "contacts": page.rows,
        "next_cursor": page.next_cursor,
        "text": text or "",
        "label": label,
        "labels": form.fields["label"].queryset,  # type: ignore[attr-defined]
        "listed": listed,
        "lists": form.fields["list"].queryset,  # type: ignore[attr-defined]
        "may_edit": request.user.may(Permission.EDIT_CONTACTS),
        "may_start": request.user.may(Permission.START_CONVERSATION),
    }
    part = "#more" if after else "#results" if is_fragment(request) else ""
    return render(request, f"contacts/list.html{part}", context)


@require_POST
@requires(Permission.EDIT_CONTACTS)
def export(request: PersonRequest) -> HttpResponse:
    """Asks for a file of the contacts that the filter finds."""
    form = ContactFilter(request.POST)
    if not form.is_valid():
        raise Refusal(_("Something in the filter no longer exists. Choose it again, then export."))
    words = [str(value) for value in form.cleaned_data.values() if value]
    return export_of(request, Contacts.name, asked=form.narrows, words=words)


@requires(Permission.EDIT_CONTACTS)
def add(request: PersonRequest) -> HttpResponse:
    form = ContactForm(request.POST or None)
    if form.is_valid():
        with said_on(form):
            contact = add_contact(company=request.company, **_typed(request, form))
            _sort(request, form, contact)
            messages.success(request, _("%(name)s is among the contacts.") % {"name": contact})
            return redirect("contacts:list")
    return _form(request, form, None)


@requires(Permission.EDIT_CONTACTS, pk=Contact)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    contact = _contact(pk)
    initial = {
        "phone": display(contact.number, request.company.country),
        "labels": list(contact.labels.values_list("pk", flat=True)),
        "lists": list(contact.lists.filter(deleted_at=None).values_list("pk", flat=True)),
        **{name: getattr(contact, name) for name in ("name", "business", "email")},
    }
    form = ContactForm(request.POST or None, initial=initial)
    if form.is_valid():
        with said_on(form):
            change_contact(contact=contact, **_typed(request, form))
            _sort(request, form, contact)
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
    return notice(request, words, contact.pk, address=BRING_BACK)


@require_POST
@requires(Permission.EDIT_CONTACTS)
def bring_back(request: PersonRequest) -> HttpResponse:
    """Undoes what the person deleted a moment ago, by what the notice of it holds."""
    (pk,) = undone(request, BRING_BACK)
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


def _sort(request: PersonRequest, form: ContactForm, contact: Contact) -> None:
    """Puts the contact on what was chosen of labels and lists."""
    set_labels(contact=contact, labels=list(form.cleaned_data["labels"]), now=utc_now())
    set_lists(contact=contact, lists=list(form.cleaned_data["lists"]), acting=request.user, now=utc_now())


def _form(request: PersonRequest, form: ContactForm, contact: Contact | None) -> HttpResponse:
    notes = contact.notes.select_related("author").order_by("-id") if contact else ()
    context = {"form": form, "contact": contact, "notes": notes}
    return render(request, "contacts/form.html", context, status=422 if form.is_bound else 200)
