"""The audit log: who did what, to read, to search and to take away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from scopchat.accounts.access import PersonRequest, is_fragment, requires
from scopchat.accounts.roles import Permission
from scopchat.accounts.services import people_of
from scopchat.administration import audit_log
from scopchat.administration.forms_audit import AuditFilter
from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.audit.querysets import EntryQuerySet
from scopchat.audit.services import record
from scopchat.common.csv_export import BYTE_ORDER_MARK, lines
from scopchat.common.keyset import Cursor, page_of, pages_of


def _filter(request: PersonRequest) -> AuditFilter:
    """With the company's people to choose from, and whoever is chosen already: a line of the log leads to anybody."""
    people = dict(people_of(request.company).values_list("pk", "display_name"))
    chosen = request.GET.get("person", "")
    if chosen.isdecimal() and len(chosen) < 19 and int(chosen) not in people:
        theirs = audit_log.visible(request.user, request.company).filter(person_id=int(chosen))
        latest = theirs.latest_first().first()
        if latest and audit_log.tells_all(latest, request.user, request.company):
            people[int(chosen)] = f"{latest.person_name} · {latest.person_company_name}"
    return AuditFilter(request.GET, people=people.items())


def _found(request: PersonRequest, form: AuditFilter) -> EntryQuerySet:
    zone = ZoneInfo(request.company.time_zone)
    found = audit_log.narrowed(audit_log.visible(request.user, request.company), form.narrowed, zone=zone)
    return audit_log.mentioning(found, form.narrowed.text, request.user, request.company)


@requires(Permission.SEE_AUDIT)
def listing(request: PersonRequest) -> HttpResponse:
    form, cursor = _filter(request), Cursor.asked(request.GET)
    page = page_of(_found(request, form), cursor, by="at", size=audit_log.PAGE)
    context = {
        "form": form,
        "entries": [
            (entry, audit_log.details_of(entry), audit_log.tells_all(entry, request.user, request.company))
            for entry in page.rows
        ],
        "next_cursor": page.next_cursor,
        "sees_below": audit_log.sees_below(request.user),
        "narrowed": not form.narrowed.is_everything,
        "query": request.GET.urlencode(),
        "is_fragment": is_fragment(request),
    }
    part = "#more" if cursor else "#results" if is_fragment(request) else ""
    return render(request, f"administration/audit.html{part}", context)


@requires(Permission.SEE_AUDIT)
@transaction.atomic
def export(request: PersonRequest) -> StreamingHttpResponse:
    """All that the filter leaves, as CSV, however much it is. That it was taken is recorded first."""
    form = _filter(request)
    chosen = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    details = {"filter": [audit_log.labelled(form.fields[name].label, value) for name, value in chosen.items()]}
    found = _found(request, form)
    record(verb=Verb.AUDIT_EXPORTED, company=request.company, acting=request.user, details=details)

    def row(entry: Entry) -> list[object]:
        shows_whom = audit_log.tells_all(entry, request.user, request.company)
        return _row(entry, zone=ZoneInfo(request.company.time_zone), shows_whom=shows_whom)

    content = _csv(found, row, language=request.user.language)
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def _csv(found: EntryQuerySet, row: Callable[[Entry], list[object]], *, language: str) -> Iterator[str]:
    """The file, a page at a time. It is written after the view has returned, and so in no language of its own."""
    with translation.override(language):
        titles = [_("Date"), _("Action"), _("Person"), _("Company of the person"), _("Company"), _("About")]
        head = lines([[*titles, _("Details"), _("IP address"), _("Browser")]])
    yield BYTE_ORDER_MARK + head
    for entries in pages_of(found, by="at", size=audit_log.EXPORT_PAGE):
        with translation.override(language):
            part = lines([row(entry) for entry in entries])
        yield part


def _row(entry: Entry, *, zone: ZoneInfo, shows_whom: bool) -> list[object]:
    details = [
        audit_log.labelled(label, after if before is None else f"{before} → {after}")
        for label, before, after in audit_log.details_of(entry)
    ]
    return [
        entry.at.astimezone(zone).isoformat(sep=" ", timespec="seconds"),
        entry.verb_label,
        entry.person_name if shows_whom else "",
        entry.person_company_name,
        entry.company_name,
        entry.object_label,
        "; ".join(details),
        entry.ip if shows_whom else "",
        entry.agent if shows_whom else "",
    ]
