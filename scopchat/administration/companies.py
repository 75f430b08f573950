"""The tree as the list of companies shows it: what matches, with what stands above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q

from scopchat.tenancy.models import Company, CompanyQuerySet, State
from scopchat.tenancy.resources import Resource
from scopchat.tenancy.tree import branch

PAGE = 100
RESOURCES = (Resource.USERS, Resource.CHANNELS, Resource.SEGMENTS_MONTH)
"""The limits with a column in the list."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree."""

    company: Company
    level: int
    """How far below the company that is looked at."""
    matches: bool
    """Otherwise it is shown only because something below it does."""


class Page(NamedTuple):
    rows: list[Row]
    next_path: str
    """Where the next page begins; an empty text after the last."""


def page_of(top: Company, *, text: str, state: str, after: str = "") -> Page:
    """The next companies of the branch below `top`, in the order of the tree.

    What stands above a match comes before it, so the next matches are all that the next rows depend on.
    """
    found = _in_state(branch(top), state).mentioning(text).filter(path__gt=after).order_by("path")
    matching = set(found.values_list("path", flat=True)[: PAGE + 1])
    step = Company.steplen
    shown = {path[:end] for path in matching for end in range(len(top.path), len(path) + 1, step)}
    paths = sorted(path for path in shown if path > after)
    companies = branch(top).filter(path__in=paths[:PAGE]).order_by("path")
    rows = [Row(company, company.depth - top.depth, company.path in matching) for company in companies]
    return Page(rows, paths[PAGE - 1] if len(paths) > PAGE else "")


def _in_state(companies: CompanyQuerySet, state: str) -> CompanyQuerySet:
    """Those that `Company.state` says this of; all that are not archived where it is none."""
    if state == State.ARCHIVED:
        return companies.exclude(archived_at=None)
    present = companies.filter(archived_at=None)
    working = Q(switched_off_at=None, is_active=True)
    if state == State.OFF:
        return present.exclude(working)
    return present.filter(working) if state == State.ACTIVE else present
