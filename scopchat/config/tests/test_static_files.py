"""Static files: kept for ever under their version, and found by pages of an earlier one."""

from __future__ import annotations

from django.http import HttpResponse
from django.templatetags.static import static
from django.test import Client, RequestFactory
from pytest_django import Settings
from whitenoise.middleware import WhiteNoiseMiddleware


def test_it_lets_browsers_keep_them_for_ever(settings: Settings, db: None) -> None:
    middleware = WhiteNoiseMiddleware(lambda _request: HttpResponse(status=404), settings)

    response = middleware(RequestFactory().get(static("web/js/theme.js")))

    assert response.status_code == 200
    assert "immutable" in response["Cache-Control"]
    response.close()


def test_it_sends_a_page_of_an_earlier_version_to_today_s_file() -> None:
    response = Client().get("/static/0123456789/web/js/theme.js")

    assert response["Location"] == static("web/js/theme.js")


def test_it_answers_404_for_a_file_that_is_none() -> None:
    assert Client().get("/static/0123456789/web/js/none.js").status_code == 404
    assert Client().get(static("web/js/none.js")).status_code == 404
