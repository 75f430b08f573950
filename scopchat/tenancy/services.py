"""Changes to the company tree."""

from __future__ import annotations

from django.db import transaction

from scopchat.tenancy.kinds import ALLOWED_CHILDREN, Kind
from scopchat.tenancy.models import Company


class KindNotAllowed(ValueError):
    """A company of this kind may not stand there."""


@transaction.atomic
def create_company(*, parent: Company | None, kind: Kind, name: str, **details: str) -> Company:
    """A new company under `parent`; the operator alone has none. Raises `KindNotAllowed`."""
    values = {"kind": kind, "name": name, **details}
    if parent is None:
        if kind is not Kind.OPERATOR:
            raise KindNotAllowed(f"Only the operator stands at the root, not {kind.label}.")
        root: Company = Company.objects.add_root(values)
        return root
    if kind not in ALLOWED_CHILDREN[Kind(parent.kind)]:
        raise KindNotAllowed(f"{Kind(parent.kind).label} cannot have {kind.label} below it.")
    child: Company = Company.objects.add_child(parent, values)
    return child
