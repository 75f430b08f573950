"""Reading and writing application/x-www-form-urlencoded text, which is most of what talking to carriers costs."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote_plus, unquote_to_bytes

_QUOTED = [quote_plus(bytes([byte])) for byte in range(256)]


def pairs_of(text: str, *, errors: str = "strict") -> list[tuple[str, str]]:
    """Pairs of a urlencoded text, as `urllib.parse.parse_qsl` has them with blank values kept, at half its price.

    Nearly every name and most values need no decoding. Raises ValueError for what is not UTF-8 when `errors` is strict.
    """
    found = []
    for part in text.split("&"):
        if part:
            name, _sign, value = part.partition("=")
            found.append((_unquoted(name, errors), _unquoted(value, errors)))
    return found


def _unquoted(text: str, errors: str) -> str:
    if "%" in text or "+" in text:
        if text.startswith("%2B") and text[3:].isalnum():
            # A telephone number, of which every callback has two.
            return f"+{text[3:]}"
        return unquote_to_bytes(text.replace("+", " ")).decode(errors=errors)
    return text


def form_of(pairs: Iterable[tuple[str, str]]) -> bytes:
    """The urlencoded body of pairs, as `urllib.parse.urlencode` writes it, at half its price."""
    return "&".join(["=".join([_quoted(name), _quoted(value)]) for name, value in pairs]).encode()


def _quoted(text: str) -> str:
    return "".join([_QUOTED[byte] for byte in text.encode()])
