"""The pages by which a file of contacts comes in: choosing it, what it holds, saving it, what became of it."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.common.clock import utc_now
from scopchat.common.refusals import said_after, said_on
from scopchat.common.regions import countries
from scopchat.contacts.errors import FileTooLarge
from scopchat.contacts.forms_imports import ImportForm
from scopchat.contacts.importing import files, services
from scopchat.contacts.importing.faults import ADVICE, Fault
from scopchat.contacts.importing.reading import COLUMNS
from scopchat.contacts.models import UNDER_WAY, ContactImport, ContactList, ImportState

ENCODINGS = {"cp1252": "Windows-1252"}
"""By what people call those that are not called as Python calls them."""


@requires(Permission.EDIT_CONTACTS)
def choose(request: PersonRequest) -> HttpResponse:
    """The file, for the address book alone. Other pages lead here with a list (`?list=`)."""
    asked = request.GET.get("list") if request.method == "GET" else None
    if asked is None:
        return _choose(request, None)
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        raise Http404
    return redirect("contacts:import_into", get_object_or_404(ContactList.objects.kept(), pk=int(asked)).pk)


@requires(Permission.EDIT_CONTACTS, pk=ContactList)
def choose_for_list(request: PersonRequest, pk: int) -> HttpResponse:
    """The file, whose contacts go onto a list as well."""
    return _choose(request, get_object_or_404(ContactList.objects.kept(), pk=pk))


def _choose(request: PersonRequest, onto: ContactList | None) -> HttpResponse:
    """Whose file is under way is led to it."""
    mine = ContactImport.objects.filter(person=request.user, state__in=[*UNDER_WAY, ImportState.READY])
    latest = mine.order_by("-pk").first()
    if request.method != "POST":
        if latest and latest.is_under_way:
            return redirect("contacts:import", latest.pk)
        form = ImportForm()
    elif (form := ImportForm(request.POST, request.FILES)).is_valid():
        with said_on(form):
            return redirect("contacts:import", _bring(request, form.cleaned_data["file"], onto).pk)
    context = {"form": form, "onto": onto, "columns": ", ".join(COLUMNS), "waiting": latest, "step": 1}
    context |= {"most_bytes": services.MAX_BYTES, "too_large": FileTooLarge().words}
    return render(request, "contacts/import_file.html", context, status=422 if form.is_bound else 200)


def _bring(request: PersonRequest, file: UploadedFile[Any], onto: ContactList | None) -> ContactImport:
    return services.bring(company=request.company, file=file, list_=onto, acting=request.user, now=utc_now())


@require_safe
@requires(Permission.EDIT_CONTACTS, pk=ContactImport)
def progress(request: PersonRequest, pk: int) -> HttpResponse:
    """Where the import is. While something is under way the page asks again."""
    brought = _own(request, pk)
    refused = [(line, number, Fault(fault)) for line, number, fault in brought.first_refused]
    context = {
        "one": brought,
        "onto": brought.onto if brought.onto and not brought.onto.deleted_at else None,
        "country": dict(countries(get_language() or "fr")).get(brought.country, brought.country),
        "encoding": ENCODINGS.get(brought.encoding, brought.encoding.upper().removesuffix("-SIG")),
        "refused": [(line, number, fault.label, ADVICE[fault]) for line, number, fault in refused],
        "can_download": brought.refused and brought.has_files,
        "step": 2 if brought.state in {ImportState.READING, ImportState.READY} else 3,
        "is_fragment": is_fragment(request),
    }
    part = "#import" if is_fragment(request) else ""
    return render(request, f"contacts/import.html{part}", context)


@require_POST
@requires(Permission.EDIT_CONTACTS, pk=ContactImport)
def save(request: PersonRequest, pk: int) -> HttpResponse:
    brought = _own(request, pk)
    said_after(request, lambda: services.save(brought=brought, acting=request.user, now=utc_now()))
    return redirect("contacts:import", brought.pk)


@require_POST
@requires(Permission.EDIT_CONTACTS, pk=ContactImport)
def give_up(request: PersonRequest, pk: int) -> HttpResponse:
    brought = _own(request, pk)
    services.give_up(brought=brought, now=utc_now())
    return redirect("contacts:import", brought.pk)


@require_safe
@requires(Permission.EDIT_CONTACTS, pk=ContactImport)
def refused(request: PersonRequest, pk: int) -> StreamingHttpResponse:
    """The lines that were refused, with what is wrong with each; mended, the file can be brought as it is."""
    brought = _own(request, pk)
    if not files.refused(brought.pk).is_file():
        raise Http404
    response = StreamingHttpResponse(files.pieces_of_refused(brought.pk), content_type="text/csv; charset=utf-8")
    name = f"{PurePath(brought.file_name).stem} - {_('refused lines')}.csv"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def _own(request: PersonRequest, pk: int) -> ContactImport:
    return get_object_or_404(ContactImport.objects.select_related("onto", "company"), pk=pk, person=request.user)
