"""Fields in canned replies: `{agent}` and the like become what they stand for in the conversation at hand."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FIELDS: dict[str, Promise] = {
    "agent": _("Who answers"),
    "company": _("The company"),
    "channel": _("The channel"),
    "number": _("The customer's number"),
    "name": _("The contact's name"),
    "business": _("The contact's business"),
}
_FIELD = re.compile(r"\{(\w+)\}")


def unknown_fields(text: str) -> list[str]:
    """What stands in braces in the text and is no field."""
    return [name for name in _FIELD.findall(text) if name not in FIELDS]


def merged(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in; what is no field stays as it is."""
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), text)
