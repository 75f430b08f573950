"""The page of a person's exports: how far each has come, and its file."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.common.clock import utc_now
from scopchat.exports import files, services
from scopchat.exports.jobs import RUNNING_PER_COMPANY
from scopchat.exports.kinds import KINDS, Asking, Kind, Sight
from scopchat.exports.models import Export, State

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """An export, and whether its file is there for who looks."""

    export: Export
    kind: Kind
    has_file: bool


@require_safe
@requires()
def listing(request: PersonRequest) -> HttpResponse:
    """What is under way, and what has ended lately. While something is under way the page asks again."""
    lately = Q(finished_at=None) | Q(finished_at__gt=utc_now() - services.FILE_KEPT)
    found = Export.objects.filter(lately, person=request.user).order_by("-pk")[:SHOWN]
    sees = _Sees(request)
    exports = [Line(one, one.described, sees.all_in(one)) for one in found]
    context = {
        "exports": exports,
        "is_running": any(line.export.is_unfinished for line in exports),
        "is_fragment": is_fragment(request),
        "kinds": [kind for kind in KINDS.values() if request.user.may(kind.permission)],
        "most": RUNNING_PER_COMPANY,
    }
    part = "#exports" if is_fragment(request) else ""
    return render(request, f"exports/list.html{part}", context)


@require_safe
@requires(pk=Export)
def download(request: PersonRequest, pk: int) -> StreamingHttpResponse:
    """The file, for as long as the person may see all that is in it."""
    export = _own(request, pk)
    if not (_Sees(request).all_in(export) and files.is_there(export.pk)):
        raise Http404
    response = StreamingHttpResponse(files.pieces(export.pk), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    return response


@require_POST
@requires(pk=Export)
def give_up(request: PersonRequest, pk: int) -> HttpResponse:
    """Cancels what is under way, deletes what is there."""
    services.give_up(export=_own(request, pk), now=utc_now())
    return redirect("exports:list")


def _own(request: PersonRequest, pk: int) -> Export:
    return get_object_or_404(Export, pk=pk, person=request.user)


class _Sees:
    """What the person may see now, asked once for each kind."""

    def __init__(self, request: PersonRequest) -> None:
        self._asking = Asking(request.user, request.company, {})
        self._sights: dict[str, Sight | None] = {}

    def all_in(self, export: Export) -> bool:
        """Whether there is a file, and the person may see all that is in it."""
        if export.state != State.DONE or not export.file_name:
            return False
        kind = export.described
        if kind.name not in self._sights:
            self._sights[kind.name] = kind.sight(self._asking) if kind.may_export(self._asking) else None
        now = self._sights[kind.name]
        return now is not None and kind.covers(now, export.saw)
