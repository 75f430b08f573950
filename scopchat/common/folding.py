"""Words as people search for them: without regard to case or accents."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_FAR = re.compile("[^\0-\u02ff]")
"""All accents that stand alone are among these."""


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """`text` with accents dropped, case folded and runs of spaces made one."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(without_accents(text).split())


def without_accents(text: str) -> str:
    """`text` with accents dropped and case folded."""
    return _FAR.sub(_bare, unicodedata.normalize("NFKD", text.casefold()))


def _bare(found: re.Match[str]) -> str:
    return "" if unicodedata.combining(found[0]) else found[0]
