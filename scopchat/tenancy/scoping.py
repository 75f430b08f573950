"""Tenant models: the base class whose manager refuses any query outside a company's scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django_scopes import ScopedManager

from scopchat.tenancy.models import Company


def tenant_manager(queryset: type[models.QuerySet[Any]] = models.QuerySet) -> Any:
    """A manager with the methods of `queryset`, restricted to `scope(company=…)` and raising without it."""
    manager_class = models.Manager.from_queryset(queryset)
    if TYPE_CHECKING:
        return manager_class()
    return ScopedManager(_manager_class=manager_class, company="company")


class TenantModel(models.Model):
    """Belongs to one company; every table of tenants' data carries `company_id`."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")

    objects = tenant_manager()

    class Meta:
        abstract = True
