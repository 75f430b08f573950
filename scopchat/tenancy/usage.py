"""How full a company's limits are, as bars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from scopchat.tenancy.limits import WARN_PERCENT, weigh_branch
from scopchat.tenancy.models import Company
from scopchat.tenancy.pools import Weight
from scopchat.tenancy.resources import Resource


@dataclass(frozen=True, slots=True)
class Bar:
    """One resource of one company with all below it."""

    resource: Resource
    weight: Weight

    @property
    def level(self) -> str:
        """`full`, `near` or nothing to say."""
        if self.weight.limit is None or self.weight.percent < WARN_PERCENT:
            return ""
        return "full" if self.weight.percent >= 100 else "near"


def of_company(company: Company, *, now: datetime, resources: Iterable[Resource] = Resource) -> list[Bar]:
    """The bars of these resources; segments are those of the company's current day and month."""
    day = now.astimezone(ZoneInfo(company.time_zone)).date()
    return [Bar(resource, weigh_branch(company, resource, day=day)[company.pk]) for resource in resources]


def of_branch(top: Company, *, now: datetime, resources: Iterable[Resource]) -> dict[int, list[Bar]]:
    """The bars of every company of the branch, by company id; archived ones have none."""
    day = now.astimezone(ZoneInfo(top.time_zone)).date()
    found: dict[int, list[Bar]] = {}
    for resource in resources:
        for pk, weight in weigh_branch(top, resource, day=day).items():
            found.setdefault(pk, []).append(Bar(resource, weight))
    return found
