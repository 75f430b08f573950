"""What the inbox's templates are given, whole page or parts of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string

from scopchat.accounts.access import PersonRequest
from scopchat.accounts.roles import Permission, Reach
from scopchat.common.clock import utc_now
from scopchat.common.gsm import MAX_CHARACTERS
from scopchat.contacts.models import Label
from scopchat.interactions import counting, inbox, rows
from scopchat.interactions.abilities import abilities
from scopchat.interactions.customers import customer_context
from scopchat.interactions.inbox import InboxView
from scopchat.interactions.models import Draft, Interaction
from scopchat.interactions.services import lifecycle
from scopchat.interactions.services.drafts import draft_of
from scopchat.interactions.services.uploads import max_photos
from scopchat.interactions.thread import MAX_ITEMS, PAGE, read_thread
from scopchat.interactions.visibility import Viewer
from scopchat.optouts.services import opt_out_of

EARLIER = 5
"""Earlier interactions listed beside a thread."""


def visible(request: PersonRequest, pk: int) -> Interaction:
    """The interaction, if the person may see it; else 404, as for one that does not exist."""
    interaction: Interaction = get_object_or_404(_seen(request), pk=pk)
    return interaction


def _seen(request: PersonRequest) -> QuerySet[Interaction]:
    """What the person sees, with all that a thread shows of it."""
    found = Interaction.objects.visible_to(request.user)
    related: QuerySet[Interaction] = found.select_related("channel__provider", "channel__company", "queue", "assignee")
    return related


def earlier_than(request: PersonRequest, interaction: Interaction) -> QuerySet[Interaction]:
    """Interactions with the same customer on the same channel that ended before, latest first."""
    found = Interaction.objects.visible_to(request.user).filter(
        channel_id=interaction.channel_id, customer=interaction.customer, id__lt=interaction.pk
    )
    latest: QuerySet[Interaction] = found.order_by("-id")
    return latest


def talk_of(request: PersonRequest, interaction: Interaction) -> QuerySet[Interaction]:
    """The interaction and those before it with the same customer, the oldest first."""
    found: QuerySet[Interaction] = Interaction.objects.visible_to(request.user).filter(
        channel_id=interaction.channel_id, customer=interaction.customer, id__lte=interaction.pk
    )
    return found.order_by("id")


def earlier_of(request: PersonRequest, interaction: Interaction) -> list[Interaction]:
    """The latest of them, to be listed beside the thread."""
    return list(earlier_than(request, interaction).select_related("assignee")[:EARLIER])


def list_context(request: PersonRequest, view: InboxView, *, selected: int | None, cursor: str = "") -> dict[str, Any]:
    """One page of the list. Raises 404 for a cursor that is none."""
    found = view.matching(request.user)
    if cursor:
        try:
            found = found.filter(view.after(cursor))
        except (ValueError, OverflowError):
            raise Http404 from None
    page = list(rows.for_rows(view.ordered(found))[: inbox.PAGE + 1])
    shown = page[: inbox.PAGE]
    values = (rows.row_of(rows.facts_of(found, request.company)) for found in shown)
    return {
        "view": view,
        "rows": rows.draw(values, selected=selected),
        "next_cursor": view.place_of(shown[-1]) if len(page) > inbox.PAGE else "",
    }


def inbox_context(request: PersonRequest, view: InboxView, *, selected: int | None) -> dict[str, Any]:
    """The whole page, but for the thread."""
    viewer = Viewer.of(request.user, request.company.pk)
    (numbers,) = counting.counts([viewer])
    return {
        **list_context(request, view, selected=selected),
        "inbox_views": counting.links(numbers, view),
        "inbox_counts": numbers,
        "labels": Label.objects.order_by(Lower("name")),
        "may_start": request.user.may(Permission.START_CONVERSATION),
        "tells_managers": request.user.reach(Permission.TAKE_OR_ASSIGN) >= Reach.COMPANY,
        "since": int(utc_now().timestamp() * 1000),
    }


def thread_context(
    request: PersonRequest, interaction: Interaction, *, start: int = 0, size: int = PAGE
) -> dict[str, Any]:
    """What changes in an open thread as things happen."""
    may = abilities(interaction, request.user)
    return {
        **customer_context(request, interaction),
        "may": may,
        "draft": Draft(key=uuid4()),
        "limit": MAX_CHARACTERS,
        "max_photos": max_photos(interaction.channel),
        "opt_out": opt_out_of(channel_id=interaction.channel_id, number=interaction.customer),
        "thread": read_thread(interaction, may_act=may.write, viewer=request.user.pk, start=start, size=size),
    }


def conversation_context(request: PersonRequest, interaction: Interaction) -> dict[str, Any]:
    """An open thread with everything around it."""
    # What is unread, and a page before it.
    context = thread_context(request, interaction, size=min(PAGE + interaction.unread, MAX_ITEMS))
    if context["may"].write:
        context["draft"] = draft_of(interaction, person=request.user)
    return {
        **context,
        "earlier": earlier_of(request, interaction),
    }


def thread_html(request: PersonRequest, pk: int, *, start: int, seen: bool = False) -> tuple[str, bool]:
    """The parts of the page that show the open thread, as they have to show it now; `seen` makes it read first.

    And whether the person sees it: where not, the parts say that it is gone.
    """
    interaction = _seen(request).filter(pk=pk).first()
    if interaction and seen and interaction.unread:
        lifecycle.mark_seen(interaction=interaction, acting=request.user, now=utc_now())
    context = thread_context(request, interaction, start=start) if interaction else {}
    return render_to_string("interactions/thread.html", context), interaction is not None


def list_html(request: PersonRequest, *, selected: int | None) -> str:
    """The list and its counts drawn anew, in the view that the page shows."""
    view = InboxView.of(request.GET)
    context = list_context(request, view, selected=selected)
    (counts,) = counting.counts([Viewer.of(request.user, request.company.pk)])
    views = counting.links(counts, view)
    return render_to_string("interactions/anew.html", {**context, "counts": counts, "inbox_views": views})
