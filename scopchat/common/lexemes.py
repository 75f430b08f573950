"""Texts as they are searched: the words in them, folded, for PostgreSQL's `tsvector` without any of its dictionaries.

No stemming, since languages are mixed in one company and the beginning of a word finds most of its forms. What is
written without spaces (Chinese, Japanese) is cut into pairs of characters, and single ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MAX_LEXEMES = 400
MAX_LENGTH = 60
"""Characters of a word that count."""
_UNIFIED = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": None}
)
_PARTS = re.compile(r"(?P<dense>[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+)|(?P<word>[^\W_]+)")


def lexemes(text: str) -> list[str]:
    """Every word of the text once, in its order; at most `MAX_LEXEMES`."""
    found = dict.fromkeys(lexeme for part in _parts(text) for lexeme in part)
    return list(found)[:MAX_LEXEMES]


def vector_of(text: str, *, company_id: int) -> str:
    """The text as PostgreSQL reads a `tsvector`; its company is a word of it, so that one index holds them apart."""
    return " ".join(f"'{word}'" for word in [_mark(company_id), *lexemes(text)])


def query_of(typed: str, *, company_id: int) -> str:
    """What was typed as PostgreSQL reads a `tsquery`; all of its words, the last perhaps unfinished.

    An empty text where no word was typed.
    """
    parts = list(_parts(typed))
    if not parts:
        return ""
    *whole, last = parts
    words = [f"'{lexeme}'" for part in whole for lexeme in _telling(part)]
    *pairs, end = _telling(last)
    words += [f"'{pair}'" for pair in pairs]
    unfinished = typed[-1:].isalnum()
    return " & ".join([f"'{_mark(company_id)}'", *words, f"'{end}'" + (":*" if unfinished else "")])


def _mark(company_id: int) -> str:
    """No word of a text looks like it."""
    return f"#{company_id}"


def _parts(text: str) -> Iterator[list[str]]:
    """The words of the text; what is written without spaces gives several for one."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold()).translate(_UNIFIED)
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    for match in _PARTS.finditer(unicodedata.normalize("NFC", bare)):
        dense = match["dense"]
        if dense is None:
            yield [match[0][:MAX_LENGTH]]
        else:
            yield [*(dense[place : place + 2] for place in range(len(dense) - 1)), *dense]


def _telling(part: list[str]) -> list[str]:
    """Those of a part that are asked for: pairs where there are any, which say what single characters would."""
    pairs = [lexeme for lexeme in part if len(lexeme) > 1]
    return pairs or part
