"""The company switcher: what it offers of few companies and of thousands, and to whom."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import companies_of, create_user
from scopchat.audit.models import Entry
from scopchat.tenancy import search
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.models import Company
from scopchat.tenancy.services import create_company
from tests.cast import Cast
from tests.people import signed_in


def found_for(person: User, text: str) -> search.Found:
    return search.find(companies_of(person), text, top=person.company)


def reseller(company: Company) -> User:
    return create_user(
        company=company, username="rene", email="rene@exemple.test", display_name="René", role=Role.RESELLER_ADMIN,
        password=None,
    )  # fmt: skip


def offered(person: User, text: str = "") -> list[str]:
    return [offer.company.name for offer in found_for(person, text).offers]


def many(above: Company, count: int) -> None:
    """Clients directly below, made at once."""
    first = Company.objects.filter(path__startswith=above.path, depth=above.depth + 1).count() + 1
    Company.objects.bulk_create(
        Company(
            kind=Kind.CLIENT, name=f"Client {place:04d}", depth=above.depth + 1,
            path=Company._get_path(above.path, above.depth + 1, first + place),
        )
        for place in range(count)
    )  # fmt: skip
    Company.objects.filter(pk=above.pk).update(numchild=first + count - 1)


def test_it_finds_words_anywhere_without_accents_and_puts_beginnings_first(cast: Cast) -> None:
    for name in ("Café du Nord", "Le Nord", "Grand-Nord"):
        create_company(parent=cast.l1, kind=Kind.CLIENT, name=name)
    nord = ["Distribution Nord", "Café du Nord", "Le Nord", "Grand-Nord"]
    assert offered(cast.operator_admin, "NORD") == nord
    assert offered(cast.operator_admin, "nord cafe") == ["Café du Nord"]
    assert offered(cast.operator_admin, "grand") == ["Grand-Nord"]
    assert offered(cast.operator_admin, "x" * 5000) == []


def test_it_offers_what_the_person_may_enter_and_nothing_else(cast: Cast) -> None:
    person = reseller(cast.l2)
    assert offered(person) == ["Réseau Rive-Sud", "Clinique Laurier"]
    assert offered(person, "boulangerie") == []
    assert offered(cast.admin) == ["Clinique Laurier"]
    Company.objects.filter(pk=cast.client.pk).update(is_active=False)
    assert offered(person) == ["Réseau Rive-Sud"]


def test_it_says_what_stands_above_but_not_above_the_person(cast: Cast) -> None:
    person = reseller(cast.l2)
    assert [offer.above for offer in found_for(person, "").offers] == ["", "Réseau Rive-Sud"]


@pytest.mark.parametrize("count", [300, 5000])
def test_of_thousands_it_shows_a_few_and_every_page_asks_for_none(
    cast: Cast, count: int, django_assert_max_num_queries: Any
) -> None:
    many(cast.l1, count)
    person = reseller(cast.l1)
    found = found_for(person, "")
    assert (len(found.offers), found.more) == (search.MAX_OFFERS, count + 4 - search.MAX_OFFERS)
    assert offered(person, "client 0299") == ["Client 0299"]
    browser = signed_in(person)
    assert "Client 0" not in browser.get("/users/").content.decode()
    # Session and person; names, companies, those above them.
    with django_assert_max_num_queries(5):
        html = browser.get("/switch/", {"q": "client"}).content.decode()
    assert html.count('role="option"') == search.MAX_OFFERS
    assert f"{count - search.MAX_OFFERS} autres" in html


def test_it_offers_links_into_the_companies(cast: Cast) -> None:
    html = signed_in(reseller(cast.l2)).get("/switch/").content.decode()
    assert re.findall(r'role="option"[^>]* href="([^"]+)"', html) == [f"/c/{cast.l2.pk}/", f"/c/{cast.client.pk}/"]


def test_entering_is_recorded(cast: Cast) -> None:
    browser = signed_in(reseller(cast.l1))
    browser.look_at(cast.client)
    assert Entry.objects.filter(verb="access.company_entered", company_id=cast.client.pk).count() == 1
    assert "Clinique Laurier" in browser.get("/users/").content.decode().split('class="visiting"')[1]
    assert browser.look_at(cast.operator).status_code == 404
