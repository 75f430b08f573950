"""What stands for somebody in a small space: letters and a colour."""

from __future__ import annotations

from zlib import crc32

HUES = ("teal", "azure", "purple", "orange", "pink", "lime", "indigo", "cyan")


def initials(name: str) -> str:
    """At most two: of the first word and of the last."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def hue_of(number: str) -> str:
    """A colour that stays the number's."""
    return HUES[crc32(number.encode()) % len(HUES)]
