"""Changes to the company tree."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from scopchat.audit.catalogue import Verb
from scopchat.audit.services import Acting, record
from scopchat.tenancy.kinds import ALLOWED_CHILDREN, Kind
from scopchat.tenancy.models import Company


class KindNotAllowed(ValueError):
    """A company of this kind may not stand there."""


def operator() -> Company | None:
    """The installation's one operator; None before it has one."""
    found: Company | None = Company.objects.filter(kind=Kind.OPERATOR).first()
    return found


@transaction.atomic
def create_company(
    *, parent: Company | None, kind: Kind, name: str, acting: Acting | None = None, **details: str
) -> Company:
    """A new company under `parent`; the operator alone has none. Raises `KindNotAllowed`.

    `acting` is None where the installation itself makes it.
    """
    values = {"kind": kind, "name": name, **details}
    if parent is None:
        if kind is not Kind.OPERATOR:
            raise KindNotAllowed(f"Only the operator stands at the root, not {kind.label}.")
        company: Company = Company.objects.add_root(values)
    else:
        if kind not in ALLOWED_CHILDREN[Kind(parent.kind)]:
            raise KindNotAllowed(f"{Kind(parent.kind).label} cannot have {kind.label} below it.")
        company = Company.objects.add_child(parent, values)
    told: dict[str, Any] = {"kind": str(kind), "parent": parent.name if parent else "", **details}
    record(verb=Verb.COMPANY_CREATED, company=company, acting=acting, about=company, details=told)
    return company
