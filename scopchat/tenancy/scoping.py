"""Tenant models: the base class whose manager refuses any query outside a company's scope."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django_scopes import ScopedManager


def tenant_manager(queryset: type[models.QuerySet[Any]] = models.QuerySet) -> Any:
    """A manager with the methods of `queryset`, restricted to `scope(company=…)` and raising without it."""
    return ScopedManager(_manager_class=models.Manager.from_queryset(queryset), company="company")


class TenantModel(models.Model):
    """Belongs to one company; every table of tenants' data carries `company_id`."""

    company = models.ForeignKey("tenancy.Company", on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = tenant_manager()

    class Meta:
        abstract = True
