"""The tree as the list of companies shows it: what matches, with what stands above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from scopchat.common.folding import fold
from scopchat.tenancy.models import Company, State
from scopchat.tenancy.resources import Resource
from scopchat.tenancy.tree import branch

PAGE = 100
RESOURCES = (Resource.USERS, Resource.CHANNELS, Resource.SEGMENTS_MONTH)
"""What the list has columns for."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree."""

    company: Company
    level: int
    """How far below the company that is looked at."""
    matches: bool
    """Otherwise it is shown only for what stands below it."""


class Page(NamedTuple):
    rows: list[Row]
    next_path: str
    """Where the next page begins; an empty text after the last."""


def page_of(top: Company, *, text: str, state: str, after: str = "") -> Page:
    """The next companies of the branch below `top`, in the order of the tree.

    Names are compared here and not in the database, which cannot fold accents; a branch is some thousands of short
    rows at the most.
    """
    wanted = fold(text)
    found = [company.path for company in branch(top) if _fits(company, state) and wanted in fold(company.name)]
    step = Company.steplen
    shown = {path[:end] for path in found for end in range(len(top.path), len(path) + 1, step)}
    paths = sorted(path for path in shown if path > after)
    companies = branch(top).filter(path__in=paths[:PAGE]).order_by("path")
    matching = set(found)
    rows = [Row(company, company.depth - top.depth, company.path in matching) for company in companies]
    return Page(rows, paths[PAGE - 1] if len(paths) > PAGE else "")


def _fits(company: Company, state: str) -> bool:
    if state == State.ARCHIVED:
        return company.state == State.ARCHIVED
    if state == State.OFF:
        return company.state in {State.OFF, State.OFF_ABOVE}
    if state == State.ACTIVE:
        return company.state == State.ACTIVE
    return company.state != State.ARCHIVED
