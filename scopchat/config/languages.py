"""The languages that pages are offered in: those that we have translated, and made-up ones to look at pages under."""

from __future__ import annotations

from pathlib import Path

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

from scopchat.common import env

TRANSLATED = [("fr", _("French")), ("en", _("English"))]


def pseudo_locales() -> list[str]:
    """Languages whose texts are made up. Raises `BadSetting` for a code that Django does not know."""
    name = "SCOPCHAT_PSEUDO_LOCALES"
    codes = env.items(name, "", "Languages (codes) to offer in made-up words, for development: es,pt,de,it,nl,ar.")
    for code in codes:
        if "name" not in LANG_INFO.get(code, {}):
            raise env.BadSetting(f"{name} must be codes of languages, not {code!r}")
    return codes


def pseudo_folder(data: Path) -> Path:
    """Where their texts are, of the installation in this data folder."""
    return data / "pseudo-locales"


def offered(pseudo: list[str]) -> list[tuple[str, str]]:
    """Each language with its name, for `settings.LANGUAGES`."""
    return [*TRANSLATED, *((code, LANG_INFO[code]["name"]) for code in pseudo if code not in dict(TRANSLATED))]
