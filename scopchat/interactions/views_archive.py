"""The archive: every interaction the person may see, for ever."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.common.ids import MAX_ID, read_id
from scopchat.common.keyset import Cursor
from scopchat.common.refusals import Refusal
from scopchat.exports.asking import export_of
from scopchat.interactions import archive, pages
from scopchat.interactions.archive_export import Archive
from scopchat.interactions.archive_search import search
from scopchat.interactions.customers import called
from scopchat.interactions.forms import ArchiveFilter
from scopchat.interactions.models import Interaction
from scopchat.interactions.thread import read_thread


def _page(request: PersonRequest, form: ArchiveFilter) -> dict[str, Any]:
    typed, asked = form.cleaned_data.get("q", ""), form.asked
    said: dict[int, str] = {}
    if any(char.isalpha() for char in typed):
        found = search(request.user, request.company, asked, typed, before=_before(request))
        rows, next_cursor, said = found.interactions, found.next_cursor, found.said
    else:
        rows, next_cursor = archive.page_of(
            request.user, request.company, replace(asked, typed=typed.strip()), after=Cursor.asked(request.GET)
        )
    lines = archive.lines_of(rows, country=request.company.country, said=said)
    return {"form": form, "lines": archive.draw(lines), "next_cursor": next_cursor}


def _before(request: PersonRequest) -> int:
    """The text at which the page begins. Raises 404 for what is no number of one."""
    asked = request.GET.get("after", "")
    if not asked:
        return MAX_ID - 1
    if (before := read_id(asked)) is None:
        raise Http404
    return before


@requires(Permission.SEE_INTERACTIONS)
def listing(request: PersonRequest) -> HttpResponse:
    form = ArchiveFilter(request.GET, person=request.user, company=request.company)
    form.is_valid()
    context = _page(request, form)
    if request.GET.get("after"):
        return render(request, "interactions/archive.html#more", context)
    part = "#results" if is_fragment(request) else ""
    return render(request, f"interactions/archive.html{part}", context)


@require_POST
@requires(Permission.SEE_INTERACTIONS)
def export(request: PersonRequest) -> HttpResponse:
    """Asks for a file of what the filter finds, and leads to the page where it appears."""
    form = ArchiveFilter(request.POST, person=request.user, company=request.company)
    if not form.is_valid():
        raise Refusal(_("Something in the filter no longer exists. Choose it again, then export."))
    return export_of(request, Archive.name, asked=form.narrows, words=form.words)


@requires(Permission.SEE_INTERACTIONS, pk=Interaction)
def content(request: PersonRequest, pk: int) -> HttpResponse:
    """One interaction to read: what was said, and its details."""
    interaction = pages.visible(request, pk)
    context = {
        "interaction": interaction,
        "called": called(interaction, request.company.country),
        "thread": read_thread(interaction, may_act=False),
    }
    return render(request, "interactions/content.html", context)
