"""Static files: kept for ever under their version, and found by pages of an earlier one."""

from __future__ import annotations

from pathlib import Path

from django.templatetags.static import static
from django.test import Client
from pytest_django import Settings

from scopchat.config import statics


def test_it_lets_browsers_keep_them_for_ever(settings: Settings) -> None:
    settings.MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]

    response = Client().get(static("web/js/theme.js"))

    assert response.status_code == 200
    assert "immutable" in response["Cache-Control"]
    response.close()


def test_it_sends_a_page_of_an_earlier_version_to_today_s_file() -> None:
    response = Client().get("/static/0123456789/web/js/theme.js")

    assert response["Location"] == static("web/js/theme.js")


def test_it_answers_404_for_a_file_that_is_none() -> None:
    assert Client().get("/static/0123456789/web/js/none.js").status_code == 404
    assert Client().get(static("web/js/none.js")).status_code == 404


def test_it_changes_the_version_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    file = tmp_path / "scopchat" / "web" / "static" / "a.js"
    file.parent.mkdir(parents=True)
    file.write_text("1")
    before = statics.version(tmp_path)

    assert statics.version(tmp_path) == before
    file.write_text("2")
    assert statics.version(tmp_path) != before
