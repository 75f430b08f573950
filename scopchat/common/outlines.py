"""HTML with gaps: a template is run once for each of its shapes and languages, and its values are filled in each time.

Running a template takes half a millisecond, filling it in a few microseconds. That counts where the event loop draws
the same thing for many people in several languages (docs/decisions/0033).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.safestring import SafeString

_GAP = re.compile("\ue000([a-z_]+)\ue001")
"""Characters of Unicode's private use, which no template and no translation has."""


def gap(name: str) -> str:
    """Stands for the value in a template's context."""
    return f"\ue000{name}\ue001"


class Outline:
    """What a template gave for `gap` values. Values are filled in as they are: escape what people write."""

    __slots__ = ("_parts",)

    def __init__(self, html: str) -> None:
        self._parts = _GAP.split(on_one_line(html))

    def filled(self, values: Mapping[str, str]) -> SafeString:
        """The HTML, on one line. Raises `KeyError` for a gap without a value."""
        parts = self._parts.copy()
        parts[1::2] = [values[name] for name in parts[1::2]]
        return SafeString("".join(parts))


def on_one_line(html: str) -> str:
    """As an event of a stream carries it."""
    return " ".join(line.strip(" ") for line in html.splitlines())
