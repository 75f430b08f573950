"""Made-up languages: what is read by people is changed, what is read by programs is not."""

from __future__ import annotations

import gettext
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scopchat.common.env import BadSetting
from scopchat.config.languages import offered, pseudo_locales
from scopchat.ops.pseudo_locales import pseudo, write

CATALOGUE = """
msgid "Waiting"
msgstr "En attente"

msgctxt "one text"
msgid "unread"
msgstr "non lu"

msgid "%(n)s message"
msgid_plural "%(n)s messages"
msgstr[0] "%(n)s texto"
msgstr[1] "%(n)s textos"
"""
ASKED = """
import django
django.setup()
from django.conf import settings
from django.utils.translation import get_language_info, gettext, override
with override("ar"):
    print([code for code, _name in settings.LANGUAGES], get_language_info("ar")["bidi"], ascii(gettext("Waiting")))
"""


def test_words_have_accents_and_are_a_third_longer() -> None:
    assert pseudo("Transfer the conversation", right_to_left=False) == "Ţŕŕåñššféŕŕ ţhhé çööñvééŕšååţîööñ"


@pytest.mark.parametrize("right_to_left", [False, True])
@pytest.mark.parametrize("kept", ["%(name)s", "%d", "{count}", "%%", '<a href="/x">', "</a>", "&nbsp;"])
def test_it_keeps_what_programs_and_browsers_read(kept: str, right_to_left: bool) -> None:
    assert kept in pseudo(f"Given to {kept} today", right_to_left=right_to_left)


def test_words_run_the_other_way_between_marks() -> None:
    made = pseudo("No %(x)s", right_to_left=True)

    assert made == "\u200f\u202eÑöö\u202c\u200f %(x)s"


def test_catalogues_have_contexts_and_plurals(tmp_path: Path) -> None:
    source = tmp_path / "django.po"
    source.write_text(CATALOGUE, encoding="utf-8")

    write(source, tmp_path, ["de"])

    with (tmp_path / "de" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        made = gettext.GNUTranslations(file)
    assert made.gettext("Waiting") == pseudo("Waiting", right_to_left=False)
    assert made.pgettext("one text", "unread") == pseudo("unread", right_to_left=False)
    assert made.ngettext("%(n)s message", "%(n)s messages", 1) == pseudo("%(n)s message", right_to_left=False)
    assert made.ngettext("%(n)s message", "%(n)s messages", 2) == pseudo("%(n)s messages", right_to_left=False)


def test_they_are_offered_beside_the_translated_ones() -> None:
    assert [code for code, _name in offered(["ar", "fr"])] == ["fr", "en", "ar"]


def test_a_code_that_is_no_language_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOPCHAT_PSEUDO_LOCALES", "ar,klingon")

    with pytest.raises(BadSetting, match="klingon"):
        pseudo_locales()


def test_an_installation_speaks_them(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "scopchat.config.settings",
        "SCOPCHAT_DATA_DIR": str(tmp_path),
        "SCOPCHAT_PSEUDO_LOCALES": "ar",
        "SCOPCHAT_SECRET_KEY": "test" * 12,
    }
    write(Path(__file__).resolve().parents[3] / "locale/fr/LC_MESSAGES/django.po", tmp_path / "pseudo-locales", ["ar"])

    said = subprocess.run([sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=True)

    assert said.stdout.strip() == f"['fr', 'en', 'ar'] True {pseudo('Waiting', right_to_left=True)!a}"
