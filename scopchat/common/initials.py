"""Letters that stand for a name in a small space."""

from __future__ import annotations


def initials(name: str) -> str:
    """At most two: of the first word and of the last."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
