"""Who is on a list: its page, adding contacts to it and removing them, and the lists of one contact."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.common.clock import utc_now
from scopchat.common.keyset import SearchCursor, page_by_search
from scopchat.contacts.forms_lists import Search
from scopchat.contacts.listing import put_on_list, take_off_list
from scopchat.contacts.models import Contact, ContactList
from scopchat.contacts.undoing import notice, undone

PAGE = 50
MAX_OFFERED = 8
"""Contacts offered for what was typed."""
PUT_BACK = "contacts:put_back"


@requires(Permission.USE_CONTACTS, pk=ContactList)
def listing(request: PersonRequest, pk: int) -> HttpResponse:
    """The list's particulars, and who is on it."""
    listed = _list(pk)
    after = SearchCursor.asked(request.GET)
    part = "#more" if after else "#results" if is_fragment(request) else ""
    return render(request, f"contacts/members.html{part}", _members(request, listed, after))


@requires(Permission.EDIT_CONTACTS, pk=ContactList)
def candidates(request: PersonRequest, pk: int) -> HttpResponse:
    """The dialog in which contacts are looked for, and what was found for what is typed in it.

    Before anything is typed it offers those who are not on the list yet.
    """
    listed, typed = _list(pk), request.GET.get("typed")
    text = Search({"q": typed or ""}).typed
    found = Contact.objects.kept().found_by(text)
    if not text:
        found = found.filter(~Exists(listed.members.filter(contact=OuterRef("pk"))))
    offered = list(found.order_by("search", "pk")[:MAX_OFFERED])
    context = {
        "listed": listed,
        "contacts": offered,
        "already": {*listed.members.filter(contact__in=offered).values_list("contact_id", flat=True)},
    }
    return render(request, f"contacts/candidates.html{'' if typed is None else '#offered'}", context)


@require_POST
@requires(Permission.EDIT_CONTACTS, pk=ContactList, contact_pk=Contact)
def put_on(request: PersonRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Adds who was found in the dialog, which stays for the next."""
    listed, contact = _list(pk), _contact(contact_pk)
    put_on_list(listed=listed, contact=contact, acting=request.user, now=utc_now())
    if not is_fragment(request):
        return redirect("contacts:members", pk)
    context = {**_members(request, _list(pk), None), "contact": contact}
    return render(request, "contacts/put_on.html", context)


@require_POST
@requires(Permission.EDIT_CONTACTS, pk=ContactList, contact_pk=Contact)
def take_off(request: PersonRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Takes the member's line away, with a notice that offers to undo it."""
    listed, contact = _list(pk), _contact(contact_pk)
    take_off_list(listed=listed, contact=contact, acting=request.user)
    words = _("%(name)s is no longer on the list.") % {"name": contact}
    if not is_fragment(request):
        messages.success(request, words)
        return redirect("contacts:members", pk)
    count = render_to_string("contacts/member_count.html", {"listed": _list(pk), "apart": True})
    return notice(request, words, pk, contact_pk, address=PUT_BACK, also=count)


@require_POST
@requires(Permission.EDIT_CONTACTS)
def put_back(request: PersonRequest) -> HttpResponse:
    """Undoes that the person took somebody off a list a moment ago."""
    pk, contact_pk = undone(request, PUT_BACK)
    listed, contact = _list(pk), _contact(contact_pk)
    put_on_list(listed=listed, contact=contact, acting=request.user, now=utc_now())
    messages.success(request, _("%(name)s is on the list again.") % {"name": contact})
    return HttpResponse(headers={"HX-Refresh": "true"})


@requires(Permission.EDIT_CONTACTS, pk=Contact)
def lists_of(request: PersonRequest, pk: int) -> HttpResponse:
    """The menu of a contact's line: all lists, those ticked that the contact is on."""
    contact = _contact(pk)
    context = {
        "contact": contact,
        "lists": ContactList.objects.kept().by_name().with_counts(),
        "ticked": {*contact.lists.values_list("pk", flat=True)},
    }
    return render(request, "contacts/lists_menu.html", context)


@require_POST
@requires(Permission.EDIT_CONTACTS, pk=Contact, list_pk=ContactList)
def tick(request: PersonRequest, pk: int, list_pk: int) -> HttpResponse:
    """Puts the contact on the list where its box is ticked, and takes them off where it is not."""
    contact, listed = _contact(pk), _list(list_pk)
    if "on" in request.POST:
        put_on_list(listed=listed, contact=contact, acting=request.user, now=utc_now())
    else:
        take_off_list(listed=listed, contact=contact, acting=request.user)
    lists = contact.lists.filter(deleted_at=None).order_by("search", "id")
    context = {"contact": contact, "lists": lists, "listed": _list(list_pk)}
    return render(request, "contacts/ticked.html", context)


def _list(pk: int) -> ContactList:
    """With the count of its members as it is now."""
    rows = ContactList.objects.kept().with_counts().select_related("company")
    listed: ContactList = get_object_or_404(rows, pk=pk)
    return listed


def _contact(pk: int) -> Contact:
    contact: Contact = get_object_or_404(Contact.objects.kept(), pk=pk)
    return contact


def _members(request: PersonRequest, listed: ContactList, after: SearchCursor | None) -> dict[str, Any]:
    """A page of those on the list, narrowed to what is typed above it."""
    text = Search(request.POST if request.method == "POST" else request.GET).typed
    found = Contact.objects.kept().filter(lists=listed).found_by(text).prefetch_related("labels")
    page = page_by_search(found, after, size=PAGE)
    added = dict(listed.members.filter(contact__in=page.rows).values_list("contact_id", "added_at"))
    return {
        "listed": listed,
        "members": [(contact, added.get(contact.pk)) for contact in page.rows],
        "next_cursor": page.next_cursor,
        "text": text,
        "may_edit": request.user.may(Permission.EDIT_CONTACTS),
        "may_start": request.user.may(Permission.START_CONVERSATION),
    }
