"""The company tree as services change it: one change at a time, and what works follows from the switches."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from scopchat.tenancy.models import Company, CompanyQuerySet

_STOPPED = Q(switched_off_at__isnull=False) | Q(archived_at__isnull=False)


def held(company: Company) -> Company:
    """The company as it is now; nobody else changes the tree until the transaction ends.

    The root's row is the lock. Rows that refer to a company are written all the same (FOR NO KEY UPDATE).
    """
    Company.objects.select_for_update(no_key=True).get(path=company.path[: Company.steplen])
    found: Company = Company.objects.get(pk=company.pk)
    return found


def above(company: Company) -> CompanyQuerySet:
    """Every company above this one."""
    step = Company.steplen
    return Company.objects.filter(path__in=[company.path[:end] for end in range(step, len(company.path), step)])


def branch(company: Company) -> CompanyQuerySet:
    """The company and all below it, in the order of the tree."""
    return Company.objects.filter(path__startswith=company.path)


def _at_or_above(companies: QuerySet[Company]) -> Exists:
    """Whether a company, or one above it, is one of `companies`."""
    path = ExpressionWrapper(OuterRef("path"), output_field=models.CharField())
    return Exists(companies.alias(asked=path).filter(asked__startswith=F("path")))


def working_below(company: Company) -> CompanyQuerySet:
    """The companies below that would work if this one did."""
    below = branch(company).exclude(pk=company.pk)
    return below.exclude(_at_or_above(below.filter(_STOPPED)))


def settle(company: Company) -> list[int]:
    """Makes `is_active` of the branch follow from the switches in it and above; returns what stopped by it."""
    stopped = _at_or_above(Company.objects.filter(_STOPPED))
    closed = list(branch(company).filter(stopped, is_active=True).values_list("pk", flat=True))
    Company.objects.filter(pk__in=closed).update(is_active=False)
    branch(company).exclude(stopped).filter(is_active=False).update(is_active=True)
    return closed


def settle_second_factor(company: Company, *, now: datetime) -> None:
    """Makes `needs_second_factor` of the branch follow from what it and those above ask, newly as of `now`."""
    asking = _at_or_above(Company.objects.filter(asks_second_factor=True))
    newly = branch(company).filter(asking, needs_second_factor=False)
    newly.update(needs_second_factor=True, second_factor_since=now)
    branch(company).exclude(asking).update(needs_second_factor=False)
