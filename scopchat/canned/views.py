"""The pages of canned replies: the list, a new one, changing and removing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.canned.forms import CannedFilter, CannedForm
from scopchat.canned.merging import FIELDS
from scopchat.canned.models import CannedReply
from scopchat.canned.services import add_canned, change_canned, remove_canned
from scopchat.common.keyset import SearchCursor, page_by_search
from scopchat.common.refusals import said_on

PAGE = 50


@requires(Permission.EDIT_CANNED_REPLIES)
def listing(request: PersonRequest) -> HttpResponse:
    form = CannedFilter(request.GET)
    form.is_valid()
    text, after = form.cleaned_data.get("q", ""), SearchCursor.asked(request.GET)
    page = page_by_search(CannedReply.objects.mentioning(text), after, size=PAGE)
    context = {"replies": page.rows, "next_cursor": page.next_cursor, "text": text}
    part = "#more" if after else "#results" if is_fragment(request) else ""
    return render(request, f"canned/list.html{part}", context)


@requires(Permission.EDIT_CANNED_REPLIES)
def add(request: PersonRequest) -> HttpResponse:
    form = CannedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with said_on(form):
            add_canned(company=request.company, acting=request.user, **form.cleaned_data)
            messages.success(request, _("The canned reply was added."))
            return redirect("canned:list")
    return _form(request, form, None)


@requires(Permission.EDIT_CANNED_REPLIES, pk=CannedReply)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    reply = _reply(pk)
    form = CannedForm(request.POST or None, initial={"name": reply.name, "text": reply.text})
    if request.method == "POST" and form.is_valid():
        with said_on(form):
            change_canned(reply=reply, acting=request.user, **form.cleaned_data)
            messages.success(request, _("The changes are saved."))
            return redirect("canned:list")
    return _form(request, form, reply)


@require_POST
@requires(Permission.EDIT_CANNED_REPLIES, pk=CannedReply)
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    reply = _reply(pk)
    remove_canned(reply=reply, acting=request.user)
    messages.success(request, _("The canned reply “%(name)s” is removed.") % {"name": reply.name})
    return redirect("canned:list")


def _reply(pk: int) -> CannedReply:
    reply: CannedReply = get_object_or_404(CannedReply.objects.select_related("company"), pk=pk)
    return reply


def _form(request: PersonRequest, form: CannedForm, reply: CannedReply | None) -> HttpResponse:
    context = {"form": form, "reply": reply, "fields": FIELDS.items()}
    return render(request, "canned/form.html", context, status=422 if form.is_bound else 200)
