"""Finding one of thousands of companies by its name, as one types."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import QuerySet

from scopchat.common.folding import fold
from scopchat.tenancy.models import Company

MAX_OFFERS = 20
"""Offered at once; further ones are found by typing."""


class Offer(NamedTuple):
    company: Company
    above: str
    """Name of the company directly above it; empty for the highest that is looked at."""


class Found(NamedTuple):
    offers: list[Offer]
    more: int
    """How many match beside these."""


def find(among: QuerySet[Company], text: str, *, top: Company) -> Found:
    """The companies whose name has all the words typed, those that begin with them first, else in their order.

    `top` is the highest company whose name may be shown. Names are compared here and not in the database, which cannot
    fold accents.
    """
    wanted = fold(text[:80])
    words = wanted.split()
    names = ((pk, fold(name)) for pk, name in among.values_list("pk", "name"))
    matching = [(pk, name) for pk, name in names if all(word in name for word in words)]
    if wanted:
        matching.sort(key=lambda each: _rank(each[1], wanted))
    shown = [pk for pk, _name in matching[:MAX_OFFERS]]
    companies = Company.objects.in_bulk(shown)
    step = Company.steplen
    above = {company.path[:-step] for company in companies.values() if len(company.path) > len(top.path)}
    names_above = dict(Company.objects.filter(path__in=above).values_list("path", "name"))
    offers = [Offer(companies[pk], names_above.get(companies[pk].path[:-step], "")) for pk in shown if pk in companies]
    return Found(offers, len(matching) - len(shown))


def _rank(name: str, wanted: str) -> int:
    """The name begins so, or one of its words does, or it is somewhere in it."""
    if name.startswith(wanted):
        return 0
    return 1 if f" {wanted}" in name else 2
