"""Tenant models: the base class whose manager refuses any query outside a company's scope."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django_scopes.exceptions import ScopeError
from django_scopes.state import get_scope


class OutOfScope(models.QuerySet[Any]):
    """What a tenant manager gives where no company is in scope: nothing passes from it to the database.

    The doors are shut rather than the methods listed: whatever Django's querysets offer reads `query`, begins with
    `_chain`, or writes rows by `create` or its like. Only `none()` is left, which asks nobody.
    """

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise ScopeError(f"{self.model.__name__}: a company needs to be in scope for this.")

    query = property(_refuse, _refuse)
    _chain = _clone = _fetch_all = resolve_expression = exists = explain = _refuse
    create = bulk_create = update_or_create = raw = _refuse

    def none(self) -> Any:
        return models.QuerySet(self.model, using=self._db).none()

    def __getattr__(self, name: str) -> NoReturn:
        """The methods of the model's own queryset are refused like all others."""
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()


class TenantManager[M: models.Model](models.Manager[M]):
    """Shows the rows of the companies in scope (django-scopes keeps which these are), and raises without one.

    With a queryset of the model's own: `TenantManager.from_queryset`.
    """

    def get_queryset(self) -> models.QuerySet[M]:
        scope = get_scope()
        if not scope.get("_enabled", True):
            return super().get_queryset()
        company = scope.get("company")
        # None by name is no company either: it must not mean every one.
        if company is None:
            return OutOfScope(self.model, using=self._db)
        several = isinstance(company, (list, tuple))
        return super().get_queryset().filter(**{"company__in" if several else "company": company})

    def all(self) -> models.QuerySet[M]:
        found = super().all()
        return found.all() if isinstance(found, OutOfScope) else found


class TenantModel(models.Model):
    """Belongs to one company; every table of tenants' data carries `company_id`."""

    company = models.ForeignKey("tenancy.Company", on_delete=models.PROTECT, related_name="+")

    objects = TenantManager()

    class Meta:
        abstract = True
