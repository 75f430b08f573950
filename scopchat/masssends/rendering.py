"""What each recipient is written: the text with its fields filled in, and its closing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scopchat.common.gsm import normalise
from scopchat.common.refusals import Refusal

FIELDS: dict[str, Promise] = {
    "name": gettext_lazy("The contact's name"),
    "business": gettext_lazy("The contact's business"),
}
_FIELD = re.compile(r"\{(\w+)\|([^{}|]*[^{}|\s][^{}|]*)\}")
"""A field, and what stands there for those of whom it is not known."""


class BadField(Refusal):
    """Something in braces that is no field, or a field that says nothing of those who have none."""

    code, field = "bad_field", "text"

    def __init__(self, found: str) -> None:
        example = "{name|" + _("dear customer") + "}"
        words = _("“%(found)s” would be sent like this. Write a field with what stands in its place, as %(example)s.")
        super().__init__(words % {"found": found, "example": example})


def check_fields(text: str) -> None:
    """Raises `BadField` unless everything in braces is filled in for everybody."""
    for name, _instead in _FIELD.findall(text):
        if name not in FIELDS:
            raise BadField("{" + name + "}")
    if left := re.search(r"\{[^{}]*\}?|\}", _FIELD.sub("", text)):
        raise BadField(left[0][:40])


def has_fields(text: str) -> bool:
    return _FIELD.search(text) is not None


def rendered(text: str, closing: str, values: Mapping[str, str]) -> str:
    """The whole text for somebody of whom these are known; nothing in it is left to be filled in."""
    filled = _FIELD.sub(lambda found: values.get(found[1], "").strip() or found[2], text)
    return normalise(f"{filled}\n{closing}" if closing else filled)
