"""What is answered while the database is away: 503 at once, and to people a page that loads itself again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from scopchat.accounts.access import is_fragment
from scopchat.common.asgi import answer

HTML = "text/html; charset=utf-8"
RETRY_AFTER = {"Retry-After": "3"}


async def unavailable(scope: Any, _receive: Any, send: Any) -> None:
    """Answers for everything that needs the database, ahead of Django."""
    headers = dict(scope["headers"])
    fragment = headers.get(b"hx-request-type") == b"partial"
    if not fragment and b"text/html" not in headers.get(b"accept", b""):
        await answer(send, 503, b"the database cannot be reached\n")
        return
    with translation.override(_first_of(headers.get(b"accept-language", b"").decode("latin-1"))):
        content = _content(fragment=fragment, reloads=scope["method"] == "GET")
    await answer(send, 503, content.encode(), HTML)


def response(request: HttpRequest) -> HttpResponse:
    """The same for a request in which the database went away."""
    content = _content(fragment=is_fragment(request), reloads=request.method == "GET")
    return HttpResponse(content, status=503, content_type=HTML, headers=RETRY_AFTER)


def _content(*, fragment: bool, reloads: bool) -> str:
    if fragment:
        words = _("The service is interrupted for a moment. What you wrote is still on the page; try again shortly.")
        return render_to_string("web/toast.html", {"text": words})
    words = (
        _("The service is interrupted for a moment. This page reloads by itself.")
        if reloads
        else _("The service is interrupted for a moment. What you just sent was not kept: go back and try again.")
    )
    context = {
        "status": 503,
        "title": _("Back in a moment"),
        "words": words,
        "reloads": reloads,
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
    }
    return render_to_string("web/error_alone.html", context)


def _first_of(languages: str) -> str:
    """The first of a browser's languages (an Accept-Language header) that we speak."""
    for word in languages.split(","):
        try:
            return translation.get_supported_language_variant(word.partition(";")[0].strip())
        except LookupError:
            continue
    return translation.get_supported_language_variant("fr")
