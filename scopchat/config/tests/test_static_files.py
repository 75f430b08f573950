"""Static files: kept for ever under their version, and found by pages of an earlier one."""

from __future__ import annotations

import gzip

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.test import Client, RequestFactory
from pytest_django import Settings

from scopchat.web.compression import CompressedPages, CompressedStaticFiles


def answer(settings: Settings, file: str, **headers: str) -> HttpResponseBase:
    """What the server gives for the file."""
    middleware = CompressedStaticFiles(lambda _request: HttpResponse(status=404), settings)
    return middleware(RequestFactory().get(static(file), headers=headers))


def test_it_lets_browsers_keep_them_for_ever(settings: Settings, db: None) -> None:
    response = answer(settings, "web/js/theme.js")

    assert response.status_code == 200
    assert "immutable" in response["Cache-Control"]
    assert response["Vary"] == "Accept-Encoding"
    response.close()


def test_it_sends_the_largest_sheet_in_thirteen_kilobytes(settings: Settings, db: None) -> None:
    response = answer(settings, "vendor/tabler/css/tabler.min.css", accept_encoding="gzip, br")

    assert (response["Content-Encoding"], response["Content-Type"]) == ("gzip", 'text/css; charset="utf-8"')
    assert "immutable" in response["Cache-Control"]
    content = b"".join(response)
    assert 10_000 < len(content) == int(response["Content-Length"]) < 15_000
    assert b"Tabler" in gzip.decompress(content)


def test_sounds_and_ranges_go_as_they_are(settings: Settings, db: None) -> None:
    sound = answer(settings, "web/sounds/arrival.wav", accept_encoding="gzip")
    part = answer(settings, "web/js/theme.js", accept_encoding="gzip", range="bytes=0-9")

    assert not sound.has_header("Content-Encoding")
    assert (part.status_code, part.has_header("Content-Encoding")) == (206, False)
    for response in (sound, part):
        response.close()


def test_pages_go_compressed_and_photos_do_not() -> None:
    page = HttpResponse("<p>Bonjour</p>" * 100)
    photo = HttpResponse(b"\0" * 1000, content_type="image/png")
    request = RequestFactory().get("/", headers={"accept_encoding": "gzip"})

    assert CompressedPages(lambda _request: page)(request)["Content-Encoding"] == "gzip"
    assert not CompressedPages(lambda _request: photo)(request).has_header("Content-Encoding")


def test_it_sends_a_page_of_an_earlier_version_to_today_s_file() -> None:
    response = Client().get("/static/0123456789/web/js/theme.js")

    assert response["Location"] == static("web/js/theme.js")


def test_it_answers_404_for_a_file_that_is_none() -> None:
    assert Client().get("/static/0123456789/web/js/none.js").status_code == 404
    assert Client().get(static("web/js/none.js")).status_code == 404
