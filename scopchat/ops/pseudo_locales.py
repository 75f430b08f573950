"""Made-up translations, to look at pages under languages that nobody has translated yet.

Every text is our English one with accents, about a third longer; in a language that is written from right to left its
words run that way too. So what is not marked for translation, is cut off or stands on the wrong side is seen at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import polib
from django.conf.locale import LANG_INFO

from scopchat.config.languages import pseudo_folder, pseudo_locales
from scopchat.ops.installation import BASE_DIR

ACCENTED = str.maketrans("AaCcDdEeGgIiLlNnOoRrSsTtUuYyZz", "ÅåÇçÐðÉéĜĝÎîĻļÑñÖöŔŕŠšŢţÛûÝýŽž")
KEPT = re.compile(r"(%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|<[^>]*>|&\w+;)")
"""What programs and browsers read: placeholders, tags and entities."""
WORD = re.compile(r"[A-Za-z]+")
LONGER = 3
"""One letter of so many stands twice."""
RIGHT_TO_LEFT_WORD = "\u200f\u202e{}\u202c\u200f"
"""The word turned round (RLO … PDF), between marks that give its surroundings their direction (RLM)."""
METADATA = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
"""The words are English, and so are their plurals."""


def pseudo(text: str, *, right_to_left: bool) -> str:
    """The text in made-up words; placeholders, tags and entities stay."""
    parts = KEPT.split(text)
    parts[::2] = [WORD.sub(lambda word: _made_up(word[0], right_to_left), part) for part in parts[::2]]
    return "".join(parts)


def _made_up(word: str, right_to_left: bool) -> str:
    longer = "".join(letter * (2 if place % LONGER == 1 else 1) for place, letter in enumerate(word))
    accented = longer.translate(ACCENTED)
    return RIGHT_TO_LEFT_WORD.format(accented) if right_to_left else accented


def of_installation(data: Path) -> None:
    """Writes those that the environment asks for, into the data folder. Raises `BadSetting`."""
    write(BASE_DIR / "locale" / "fr" / "LC_MESSAGES" / "django.po", pseudo_folder(data), pseudo_locales())


def write(source: Path, folder: Path, languages: Collection[str]) -> None:
    """Writes a compiled catalogue for each language into `folder`, of all texts in the `.po` file at `source`."""
    texts = polib.pofile(str(source), encoding="utf-8") if languages else []
    for language in languages:
        target = folder / language / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        catalogue = polib.POFile()
        catalogue.metadata = METADATA
        catalogue.extend(_made_up_entry(text, LANG_INFO[language]["bidi"]) for text in texts if not text.obsolete)
        catalogue.save_as_mofile(str(target))


def _made_up_entry(text: polib.POEntry, right_to_left: bool) -> polib.POEntry:
    one = pseudo(text.msgid, right_to_left=right_to_left)
    if not text.msgid_plural:
        return polib.POEntry(msgid=text.msgid, msgctxt=text.msgctxt, msgstr=one)
    forms = {0: one, 1: pseudo(text.msgid_plural, right_to_left=right_to_left)}
    return polib.POEntry(msgid=text.msgid, msgid_plural=text.msgid_plural, msgctxt=text.msgctxt, msgstr_plural=forms)
