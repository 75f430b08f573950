"""Answers go compressed: pages one by one, static files once for all (docs/decisions/0027)."""

from __future__ import annotations

import gzip
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseFileResponse, WhiteNoiseMiddleware

TEXTS = ("text/", "application/json", "application/javascript", "image/svg+xml")
"""Kinds that get smaller. Photos and sounds are as small as they get."""


def is_text(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith(TEXTS)


class CompressedPages(GZipMiddleware):
    """Django's own, whose random padding hides the length of what is secret in a page (BREACH), for texts alone."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return super().process_response(request, response) if is_text(response) else response


class CompressedStaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise that compresses each text when it is first asked for, and keeps it: there are few, and small ones."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)  # type: ignore[no-untyped-call]
        self._kept: dict[tuple[str, str], bytes] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:  # type: ignore[override]  # as middleware
        found: HttpResponseBase = super().__call__(request)  # type: ignore[no-untyped-call]
        if not isinstance(found, WhiteNoiseFileResponse) or not is_text(found):
            return found
        patch_vary_headers(found, ["Accept-Encoding"])
        if request.method != "GET" or found.status_code != HTTPStatus.OK or not _takes_gzip(request):
            return found
        return self._compressed(request.path_info, found)

    def _compressed(self, path: str, found: WhiteNoiseFileResponse) -> HttpResponse:
        key = path, found.headers.get("Last-Modified", "")
        if key not in self._kept:
            self._kept[key] = gzip.compress(b"".join(found), mtime=0)
        found.close()
        headers = {name: value for name, value in found.items() if name not in {"ETag", "Content-Length"}}
        headers |= {"Content-Encoding": "gzip", "Content-Length": str(len(self._kept[key]))}
        return HttpResponse(self._kept[key], headers=headers)


def _takes_gzip(request: HttpRequest) -> bool:
    return "Range" not in request.headers and "gzip" in request.headers.get("Accept-Encoding", "")
