"""The row's template as outlines: one for each shape that a row may have, in each language."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string

from scopchat.common.outlines import Outline, gap
from scopchat.interactions.status import InteractionStatus

ALWAYS = (
    "pk", "order", "waiting", "changed", "number", "queue", "assignee_id", "address", "menu_address", "hue", "badge",
    "words", "labels", "customer", "at", "day", "place",
)  # fmt: skip
"""Values that every row has, be they empty; of the others the template asks whether they are there."""


class Shape(NamedTuple):
    """Which parts a row has. Rows of one shape differ in their values only."""

    status: str
    named: bool
    """The customer has a name; else there is the number alone."""
    offered: str
    escalated: bool
    ours: bool
    unread: int
    """None, one, or more (2)."""
    assignee: bool
    preview: bool
    until: bool


@lru_cache(maxsize=2048)
def outline(shape: Shape, language: str) -> Outline:  # noqa: ARG001  part of the key
    """Of the rows of this shape; `language` is the one in force."""
    row: dict[str, object] = {name: gap(name) for name in ALWAYS}
    row |= {name: gap(name) if getattr(shape, name) else "" for name in ("unread", "assignee", "preview", "until")}
    row |= {
        "one_unread": shape.unread == 1,
        "status": shape.status,
        "status_label": InteractionStatus(shape.status).label,
        "named": shape.named,
        "offered": shape.offered,
        "escalated": shape.escalated,
        "ours": shape.ours,
    }
    return Outline(render_to_string("interactions/row.html", {"row": row}))
