"""The archive: every interaction the person may see, for ever."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.common.phones import BadNumber, to_e164
from scopchat.interactions import inbox, pages
from scopchat.interactions.forms import ArchiveFilter
from scopchat.interactions.models import Interaction
from scopchat.interactions.querysets import InteractionQuerySet
from scopchat.interactions.rows import hue_of
from scopchat.interactions.thread import read_thread

PAGE = 50


def _narrowed(request: PersonRequest, form: ArchiveFilter) -> InteractionQuerySet:
    found: InteractionQuerySet = Interaction.objects.visible_to(request.user)
    if status := form.cleaned_data.get("status"):
        found = found.filter(status=status)
    if typed := form.cleaned_data.get("q"):
        try:
            return found.filter(customer=to_e164(typed, country=request.company.country))
        except BadNumber:
            digits = "".join(filter(str.isdigit, typed))
            found = found.filter(customer__contains=digits or typed)
    return found


def _after(cursor: str) -> Q:
    try:
        at, pk = cursor.split(".")
        moment: datetime = inbox.moment(int(at))
        return Q(last_activity_at__lt=moment) | Q(last_activity_at=moment, id__lt=int(pk))
    except (ValueError, OverflowError):
        raise Http404 from None


def _page(request: PersonRequest, form: ArchiveFilter) -> dict[str, Any]:
    found = _narrowed(request, form).newest_first()
    if cursor := request.GET.get("after"):
        found = found.filter(_after(cursor))
    found = found.select_related("channel", "queue", "assignee").fetch_mode(models.FETCH_RAISE)
    page = list(found[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    return {
        "form": form,
        "interactions": page[:PAGE],
        "next_cursor": f"{inbox.micros(last.last_activity_at)}.{last.pk}" if last else "",
    }


@requires(Permission.SEE_INTERACTIONS)
def archive(request: PersonRequest) -> HttpResponse:
    form = ArchiveFilter(request.GET)
    form.is_valid()
    context = _page(request, form)
    if request.GET.get("after"):
        return render(request, "interactions/archive.html#more", context)
    part = "#results" if is_fragment(request) else ""
    return render(request, f"interactions/archive.html{part}", context)


@requires(Permission.SEE_INTERACTIONS)
def content(request: PersonRequest, pk: int) -> HttpResponse:
    """One interaction to read: what was said, and its details."""
    interaction = pages.visible(request, pk)
    context = {
        "interaction": interaction,
        "hue": hue_of(interaction.customer),
        "thread": read_thread(interaction, may_act=False),
    }
    return render(request, "interactions/content.html", context)
