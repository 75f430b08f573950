"""Translations are compiled when they changed, without gettext's tools."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from scopchat.ops.translations import compile_translations

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Waiting"
msgstr "En attente"

msgid "%(n)s message"
msgid_plural "%(n)s messages"
msgstr[0] "%(n)s texto"
msgstr[1] "%(n)s textos"

#, fuzzy
msgid "Closed"
msgstr "Peut-être"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(CATALOGUE, encoding="utf-8")
    return folder


def test_it_compiles_texts_and_plurals(folder: Path, tmp_path: Path) -> None:
    compile_translations(tmp_path)

    with (folder / "django.mo").open("rb") as file:
        french = gettext.GNUTranslations(file)
    assert french.gettext("Waiting") == "En attente"
    assert french.ngettext("%(n)s message", "%(n)s messages", 0) == "%(n)s texto"
    assert french.ngettext("%(n)s message", "%(n)s messages", 2) == "%(n)s textos"


def test_it_leaves_doubtful_translations_out(folder: Path, tmp_path: Path) -> None:
    compile_translations(tmp_path)

    with (folder / "django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Closed") == "Closed"


def test_it_compiles_again_only_what_changed(folder: Path, tmp_path: Path) -> None:
    first = compile_translations(tmp_path)
    second = compile_translations(tmp_path)
    after = (folder / "django.mo").stat().st_mtime + 5
    os.utime(folder / "django.po", (after, after))

    assert (first, second) == ([folder / "django.mo"], [])
    assert compile_translations(tmp_path) == [folder / "django.mo"]
