"""The shell's own pages: where to begin, the company switcher, and what went wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.contrib.staticfiles import finders
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from scopchat.accounts.access import PersonRequest, is_fragment, public, requires
from scopchat.accounts.services import companies_of
from scopchat.common.refusals import TOO_LARGE, NotAllowed, Refusal
from scopchat.tenancy import search
from scopchat.web import away

DATABASE_AWAY = (OperationalError, InterfaceError)


@requires()
def home(_request: PersonRequest) -> HttpResponse:
    return redirect("interactions:inbox")


@requires()
def companies(request: PersonRequest) -> HttpResponse:
    """What the company switcher offers for what is typed into it."""
    found = search.find(companies_of(request.user), request.GET.get("q", ""), top=request.user.company)
    return render(request, "web/company_options.html", {"found": found, "as_links": True})


@public(version=str, file=str)
def static_file(request: HttpRequest, version: str, file: str) -> HttpResponse:  # noqa: ARG001
    """Today's file for a page open since before an upgrade, which asks for its own version's."""
    today = static(file)
    if today == request.path or finders.find(file) is None:
        raise Http404
    return redirect(today)


def _wrong(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    """A whole page, or for a fragment a notice on the page that asked."""
    if is_fragment(request):
        return HttpResponse(render_to_string("web/toast.html", {"text": f"{title}. {words}"}), status=status)
    return render(request, "web/error.html", {"status": status, "title": title, "words": words}, status=status)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    words = _("Your role does not include this. Ask an administrator of your company if you need it.")
    return _wrong(request, 403, _("Not for your role"), words)


def _too_large(request: HttpRequest) -> HttpResponse:
    megabytes = request.META[TOO_LARGE] // 1_000_000
    words = _("At most %(n)d MB can be sent here. Go back and choose a smaller file.") % {"n": megabytes}
    return _wrong(request, 413, _("Too large"), words)


class RefusalMiddleware:
    """Says what a service refuses and no view says itself, and that a request was too large to be read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if TOO_LARGE in request.META:
            return _too_large(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed):
            return forbidden(request, exception)
        if isinstance(exception, Refusal):
            return _wrong(request, 409 if exception.is_conflict else 422, _("Not done"), exception.words)
        return None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    words = _("The address may be mistyped, or what stood here belongs to another company.")
    return _wrong(request, 404, _("Nothing here"), words)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    words = _("The page was open for too long, or cookies are blocked. Reload it and try again.")
    return _wrong(request, 403, _("This page has expired"), words)


def server_error(request: HttpRequest) -> HttpResponse:
    """Uses as little as possible: whatever broke may break again."""
    if isinstance(sys.exception(), DATABASE_AWAY):
        return away.response(request)
    words = _("The fault is ours and has been recorded. What you wrote is kept on the page; try again in a moment.")
    direction = "rtl" if get_language_bidi() else "ltr"
    context = {"status": 500, "title": _("Something broke"), "words": words}
    context |= {"language": get_language(), "direction": direction}
    template = "web/toast.html" if is_fragment(request) else "web/error_alone.html"
    return HttpResponse(render_to_string(template, {**context, "text": words}), status=500)
