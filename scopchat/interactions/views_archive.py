"""The archive: every interaction the person may see, for ever."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.common.keyset import Cursor
from scopchat.interactions import archive, pages
from scopchat.interactions.forms import ArchiveFilter
from scopchat.interactions.models import Interaction
from scopchat.interactions.rows import hue_of
from scopchat.interactions.thread import read_thread


def _page(request: PersonRequest, form: ArchiveFilter) -> dict[str, Any]:
    page = archive.page_of(
        request.user,
        request.company,
        status=form.cleaned_data.get("status", ""),
        typed=form.cleaned_data.get("q", ""),
        after=Cursor.asked(request.GET),
    )
    lines = archive.lines_of(page.rows, country=request.company.country)
    return {"form": form, "lines": archive.draw(lines), "next_cursor": page.next_cursor}


@requires(Permission.SEE_INTERACTIONS)
def listing(request: PersonRequest) -> HttpResponse:
    form = ArchiveFilter(request.GET)
    form.is_valid()
    context = _page(request, form)
    if request.GET.get("after"):
        return render(request, "interactions/archive.html#more", context)
    part = "#results" if is_fragment(request) else ""
    return render(request, f"interactions/archive.html{part}", context)


@requires(Permission.SEE_INTERACTIONS, pk=Interaction)
def content(request: PersonRequest, pk: int) -> HttpResponse:
    """One interaction to read: what was said, and its details."""
    interaction = pages.visible(request, pk)
    context = {
        "interaction": interaction,
        "hue": hue_of(interaction.customer),
        "thread": read_thread(interaction, may_act=False),
    }
    return render(request, "interactions/content.html", context)
