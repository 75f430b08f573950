"""Finding one of thousands of companies by its name, as one types."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Case, When

from scopchat.common.folding import fold
from scopchat.tenancy.models import Company, CompanyQuerySet

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


def find(among: CompanyQuerySet, text: str, *, top: Company) -> Found:
    """The companies whose name has all the words typed, those that begin with them first, else in their order.

    `top` is the highest company whose name may be shown.
    """
    wanted = fold(text[:80].replace("\0", " "))
    matching = among.mentioning(wanted)
    shown = list(matching.order_by(*[_rank(wanted)] if wanted else [], "path")[:MAX_OFFERS])
    step = Company.steplen
    above = {company.path[:-step] for company in shown if len(company.path) > len(top.path)}
    names_above = dict(Company.objects.filter(path__in=above).values_list("path", "name"))
    offers = [Offer(company, names_above.get(company.path[:-step], "")) for company in shown]
    return Found(offers, matching.count() - len(shown) if len(shown) == MAX_OFFERS else 0)


def _rank(wanted: str) -> Case:
    """First what begins so, then where one of its words does, then where it is somewhere in it."""
    return Case(When(search__startswith=wanted, then=0), When(search__contains=f" {wanted}", then=1), default=2)
