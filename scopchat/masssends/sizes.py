"""How long texts are, by the million: what is plainly one segment is not counted through."""

from __future__ import annotations

from functools import lru_cache

from scopchat.common.gsm import MAX_CHARACTERS, measure

_PLAIN = frozenset(
    "@£$¥èéùìòÇ\nØøÅåÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ÄÖÑÜ§¿äöñüà"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)
"""One septet each, of GSM 03.38's basic table."""
_ONE = 160


def segments_of(text: str) -> int:
    """As `common.gsm.measure` counts them."""
    if len(text) <= _ONE and _PLAIN.issuperset(text):
        return 1
    return _measured(text)


@lru_cache(maxsize=10_000)
def _measured(text: str) -> int:
    return max(1, measure(text).segments)


def is_too_long(text: str) -> bool:
    """Whether it is more than the product sends; it is never cut."""
    return len(text) > MAX_CHARACTERS
