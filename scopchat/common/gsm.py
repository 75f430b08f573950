"""How a text travels: its encoding, its length and its segments (3GPP TS 23.038, 23.040).

A text of GSM 03.38 characters takes 160 septets alone or 153 per part; any other character makes the whole text
UCS-2, 70 UTF-16 units alone or 67 per part.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import smsutil
from django.utils.translation import ngettext

from scopchat.common.refusals import Refusal

MAX_CHARACTERS = 900
"""Longest text the product takes, in Unicode code points after NFC (user guide, "Envoi et réception")."""

REPLACEMENTS = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "…": "...",
    "–": "-", "—": "-", "\u00a0": " ", "\u202f": " ", "œ": "oe", "Œ": "OE",
}  # fmt: skip
"""Typographic characters that may be replaced, on request only, to stay in GSM-7. Accents are never touched."""

UNSENDABLE = {0: None, 0x1B: None}
"""NUL cannot be stored; ESC is GSM-7's switch to its second table and no character of its own."""


class TextTooLong(Refusal):
    """The text has more than `MAX_CHARACTERS`; `.count` is its length."""

    code, field = "text_too_long", "text"

    def __init__(self, count: int) -> None:
        words = ngettext("%(count)d character, at most %(most)d.", "%(count)d characters, at most %(most)d.", count)
        super().__init__(words % {"count": count, "most": MAX_CHARACTERS})
        self.count = count


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text costs to send."""

    characters: int
    encoding: str
    segments: int
    forced_by: str
    """The first character that forces UCS-2, or an empty string."""


def normalise(text: str) -> str:
    """The text as it is stored and counted: NFC, Unix line ends, no NUL or ESC, no space around."""
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(UNSENDABLE)
    return unicodedata.normalize("NFC", text).strip()


def checked(text: str) -> str:
    """The normalised text; raises `TextTooLong` past `MAX_CHARACTERS` code points."""
    text = normalise(text)
    if len(text) > MAX_CHARACTERS:
        raise TextTooLong(len(text))
    return text


def measure(text: str) -> Measure:
    """Characters, encoding ("GSM-7" or "UCS-2") and segments of a normalised text. An empty text has no segment."""
    if not text:
        return Measure(0, "GSM-7", 0, "")
    if smsutil.is_valid_gsm(text):
        return Measure(len(text), "GSM-7", len(smsutil.split(text).parts), "")
    forced_by = next(char for char in text if not smsutil.is_valid_gsm(char))
    return Measure(len(text), "UCS-2", len(smsutil.split(text).parts), forced_by)
