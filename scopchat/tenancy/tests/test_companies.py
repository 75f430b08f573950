"""The reseller tree: who may stand under whom, and that there is one operator."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.models import Company
from scopchat.tenancy.services import KindNotAllowed, create_company
from tests.cast import Cast

OPERATOR, DISTRIBUTOR, L1, L2, CLIENT = Kind
ALLOWED = {
    (OPERATOR, DISTRIBUTOR), (OPERATOR, L1), (OPERATOR, CLIENT),
    (DISTRIBUTOR, L1), (DISTRIBUTOR, CLIENT),
    (L1, L2), (L1, CLIENT),
    (L2, CLIENT),
}  # fmt: skip
PAIRS = [(parent, child) for parent in Kind for child in Kind]


def company_of(cast: Cast, kind: Kind) -> Company:
    parts = {OPERATOR: cast.operator, DISTRIBUTOR: cast.distributor, L1: cast.l1, L2: cast.l2, CLIENT: cast.client}
    return parts[kind]


@pytest.mark.parametrize(("parent", "child"), [pair for pair in PAIRS if pair in ALLOWED])
def test_it_stands_where_it_may(cast: Cast, parent: Kind, child: Kind) -> None:
    above = company_of(cast, parent)
    made = create_company(parent=above, kind=child, name="Neuve")
    assert Company.objects.get_parent(made) == above
    assert made.is_or_is_under(above)
    assert made.is_or_is_under(cast.operator)


@pytest.mark.parametrize(("parent", "child"), [pair for pair in PAIRS if pair not in ALLOWED])
def test_it_stands_nowhere_else(cast: Cast, parent: Kind, child: Kind) -> None:
    with pytest.raises(KindNotAllowed):
        create_company(parent=company_of(cast, parent), kind=child, name="Neuve")
    assert not Company.objects.filter(name="Neuve").exists()


@pytest.mark.parametrize("kind", [DISTRIBUTOR, L1, L2, CLIENT])
@pytest.mark.django_db
def test_only_the_operator_stands_at_the_root(kind: Kind) -> None:
    with pytest.raises(KindNotAllowed):
        create_company(parent=None, kind=kind, name="Neuve")


def test_the_database_allows_one_operator(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="company_one_operator"), transaction.atomic():
        create_company(parent=None, kind=OPERATOR, name="Second")
    with pytest.raises(IntegrityError, match="company_one_operator"), transaction.atomic():
        Company.objects.filter(pk=cast.client.pk).update(kind=OPERATOR)


def test_siblings_made_from_copies_of_their_parent_get_places_of_their_own(cast: Cast) -> None:
    parent = create_company(parent=cast.l1, kind=L2, name="Sans enfant")
    copies = [Company.objects.get(pk=parent.pk) for _ in range(3)]
    made = [create_company(parent=copy, kind=CLIENT, name=f"Cliente {n}") for n, copy in enumerate(copies)]
    assert len({company.path for company in made}) == 3
    assert {Company.objects.get_parent(company) for company in made} == {parent}


def test_under_means_below_and_not_beside(cast: Cast) -> None:
    assert cast.client.is_or_is_under(cast.client)
    assert cast.client.is_or_is_under(cast.l1)
    assert cast.outsider.is_or_is_under(cast.l1)
    assert not cast.outsider.is_or_is_under(cast.l2)
    assert not cast.l1.is_or_is_under(cast.client)
