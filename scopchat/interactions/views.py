"""The inbox: the list, a thread, and what changed meanwhile."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.canned.merging import merged
from scopchat.canned.models import MAX_NAME
from scopchat.canned.services import offered
from scopchat.common.ids import read_id
from scopchat.common.phones import display
from scopchat.contacts.services import contact_of
from scopchat.interactions import pages
from scopchat.interactions.inbox import InboxView
from scopchat.interactions.models import Interaction
from scopchat.tenancy.addresses import place_of

MAX_CANNED = 8
"""Canned replies offered at a time."""


@requires(Permission.SEE_INTERACTIONS)
def inbox(request: PersonRequest) -> HttpResponse:
    """The list alone, or for a fragment what was asked of it: more rows, or an empty thread pane."""
    view = InboxView.of(request.GET)
    if cursor := request.GET.get("after"):
        context = pages.list_context(request, view, selected=None, cursor=cursor)
        return render(request, "interactions/more.html", context)
    if request.headers.get("HX-Target") == "div#conversation":
        return _at(reverse("interactions:inbox") + view.query, render(request, "interactions/inbox.html#nothing"))
    if not is_fragment(request):
        return render(request, "interactions/inbox.html", pages.inbox_context(request, view, selected=None))
    open_one = _open_thread(request)
    address = reverse("interactions:thread", args=[open_one]) if open_one else reverse("interactions:inbox")
    context = pages.inbox_context(request, view, selected=open_one)
    return _at(address + view.query, render(request, "interactions/inbox.html#list", context))


def _at(address: str, response: HttpResponse) -> HttpResponse:
    """The part of a page, with the address that now shows the page so."""
    response.headers["HX-Push-Url"] = address
    return response


def _open_thread(request: PersonRequest) -> int | None:
    """The thread open on the page that asks, by its address."""
    try:
        match = resolve(place_of(urlsplit(request.headers.get("HX-Current-URL", "")).path).path)
    except (ValueError, Resolver404):
        return None
    return match.kwargs["pk"] if match.view_name == "interactions:thread" else None


@requires(Permission.SEE_INTERACTIONS, pk=Interaction)
def thread(request: PersonRequest, pk: int) -> HttpResponse:
    """One thread; with the list around it when it is opened as a page."""
    interaction = pages.visible(request, pk)
    context = pages.conversation_context(request, interaction)
    view = InboxView.of(request.GET)
    if is_fragment(request):
        return _at(request.path + view.query, render(request, "interactions/inbox.html#conversation", context))
    return render(request, "interactions/inbox.html", {**context, **pages.inbox_context(request, view, selected=pk)})


@requires(Permission.SEE_INTERACTIONS)
def anew(request: PersonRequest) -> HttpResponse:
    """The list for a live page, when too much changed in it to be told row by row."""
    return HttpResponse(pages.list_html(request, selected=read_id(request.GET.get("thread", ""))))


@requires(Permission.SEE_INTERACTIONS, pk=Interaction)
def details(request: PersonRequest, pk: int) -> HttpResponse:
    """Everything known of an interaction and its latest messages, for the curious and for support."""
    interaction = pages.visible(request, pk)
    context = {
        "interaction": interaction,
        "latest": interaction.messages.select_related("author").order_by("-id")[:20],
    }
    return render(request, "interactions/details.html", context)


@requires(Permission.ANSWER, pk=Interaction)
def canned(request: PersonRequest, pk: int) -> HttpResponse:
    """The canned replies that fit what was typed after `/`, filled in for this conversation."""
    interaction = pages.visible(request, pk)
    values = {
        "agent": request.user.display_name,
        "company": request.company.name,
        "channel": interaction.channel.name,
        "number": display(interaction.customer, request.company.country),
    }
    contact = contact_of(interaction.customer)
    values |= {name: getattr(contact, name, "") for name in ("name", "business")}
    found = offered(request.GET.get("q", "")[:MAX_NAME], most=MAX_CANNED)
    context = {"replies": [(reply, merged(reply.text, values)) for reply in found]}
    return render(request, "interactions/canned.html", context)
