"""The page of the audit log: who reads what, narrowing it, and taking it away."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.administration.audit_log import PAGE
from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.audit.requests import Origin, coming_from
from scopchat.audit.services import record
from scopchat.tenancy.models import Company
from tests.cast import PASSWORD, Cast
from tests.people import FRAGMENT, signed_in


def happened(company: Company, label: str, *, acting: User | None = None, verb: Verb = Verb.CHANNEL_CHANGED) -> None:
    record(verb=verb, company=company, acting=acting, details={"name": label})


def words(browser: Client, **query: Any) -> str:
    return browser.get("/audit/", query).content.decode()


def rows(browser: Client, **query: Any) -> list[dict[str, str]]:
    """The export, as a spreadsheet reads it."""
    response = browser.get("/audit/export/", query)
    text = b"".join(response).decode()  # type: ignore[call-overload]
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))


def reseller(cast: Cast) -> User:
    return create_user(
        company=cast.l2, username="rene", email="rene@exemple.test", display_name="René Roy",
        role=Role.RESELLER_ADMIN, password=PASSWORD,
    )  # fmt: skip


@pytest.mark.parametrize("who", ["agent", "manager", "user"])
@pytest.mark.parametrize("page", ["/audit/", "/audit/export/"])
def test_it_refuses_who_may_not(cast: Cast, who: str, page: str) -> None:
    assert signed_in(getattr(cast, who)).get(page).status_code == 403


def test_an_administrator_reads_of_their_own_company_and_the_outsider_does_not(cast: Cast) -> None:
    happened(cast.client, "Chez-nous")
    happened(cast.l2, "Chez-le-revendeur")
    page = words(signed_in(cast.admin))
    assert "Chez-nous" in page
    assert "Chez-le-revendeur" not in page
    assert "Chez-nous" not in words(signed_in(cast.outsider_admin))
    assert not [row for row in rows(signed_in(cast.outsider_admin)) if "Chez-nous" in str(row)]


def test_the_outsider_cannot_ask_for_a_person_of_another_company(cast: Cast) -> None:
    happened(cast.client, "Chez-nous", acting=cast.admin)
    page = words(signed_in(cast.outsider_admin), person=cast.admin.pk)
    assert "Amélie" not in page
    assert "Chez-nous" not in page


def test_a_reseller_reads_of_its_branch(cast: Cast) -> None:
    for company in (cast.client, cast.l2, cast.l1, cast.outsider):
        happened(company, f"Chez {company.name}")
    page = words(signed_in(reseller(cast)))
    assert "Chez Clinique Laurier" in page
    assert "Chez Réseau Rive-Sud" in page
    assert "Chez Télécom Laval" not in page
    assert "Chez Boulangerie du Parc" not in page


def test_the_operator_reads_of_the_company_looked_at(cast: Cast) -> None:
    happened(cast.client, "Chez-nous")
    happened(cast.outsider, "Chez-eux")
    browser = signed_in(cast.operator_admin)
    assert "Chez-eux" in words(browser)
    browser.look_at(cast.client)
    page = words(browser)
    assert "Chez-nous" in page
    assert "Chez-eux" not in page
    assert "Société ouverte" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "chez-nous"}, {"Chez-nous"}),
        ({"q": "CHEZ"}, {"Chez-nous", "Chez-elle"}),
        ({"verb": "channel.created"}, {"Chez-elle"}),
        ({"verb": "nonsense"}, {"Chez-nous", "Chez-elle"}),
        ({"begin": "2020-01-01", "end": "2020-12-31"}, set()),
        ({"begin": "2020-01-01"}, {"Chez-nous", "Chez-elle"}),
        ({"end": "2020-12-31"}, set()),
        ({"begin": "nonsense"}, {"Chez-nous", "Chez-elle"}),
        ({"person": "99999999999999999999"}, {"Chez-nous", "Chez-elle"}),
        ({"person": "²"}, {"Chez-nous", "Chez-elle"}),
    ],
)
def test_it_is_narrowed(cast: Cast, query: dict[str, str], found: set[str]) -> None:
    happened(cast.client, "Chez-nous")
    happened(cast.client, "Chez-elle", verb=Verb.CHANNEL_CREATED)
    page = words(signed_in(cast.admin), **query).replace('value="chez-nous"', "")
    assert {name for name in ("Chez-nous", "Chez-elle") if name in page} == found


def test_it_is_narrowed_to_a_person(cast: Cast) -> None:
    happened(cast.client, "A-la-main", acting=cast.admin)
    happened(cast.client, "D-en-haut", acting=cast.operator_admin)
    browser = signed_in(cast.admin)
    assert "A-la-main" not in words(signed_in(cast.operator_admin), person=cast.operator_admin.pk)
    assert "D-en-haut" not in words(browser, person=cast.admin.pk)


def test_it_goes_on_where_the_page_ended_and_misses_nothing(cast: Cast) -> None:
    for place in range(PAGE + 20):
        happened(cast.client, f"nombre-{place:03}")
    browser, seen, query = signed_in(cast.admin), [], {"q": "nombre"}
    html = browser.get("/audit/", query).content.decode()
    while True:
        seen += re.findall(r"<dd>\s*(nombre-\d+)", html)
        cursor = re.search(r'"after":"([\d.]+)"', html)
        if cursor is None:
            break
        html = browser.get("/audit/", {**query, "after": cursor[1]}, headers=FRAGMENT).content.decode()
    assert seen == [f"nombre-{place:03}" for place in reversed(range(PAGE + 20))]


@pytest.mark.parametrize("after", ["x", "1", "1.2.3", "1.99999999999999999999", "9" * 40 + ".1"])
def test_a_cursor_that_is_none_is_not_found(cast: Cast, after: str) -> None:
    assert signed_in(cast.admin).get("/audit/", {"after": after}).status_code == 404


def test_it_asks_the_database_the_same_whatever_the_length(cast: Cast, django_assert_num_queries: Any) -> None:
    for place in range(12):
        happened(cast.client, f"nombre-{place:03}", acting=cast.admin)
    browser = signed_in(cast.admin)
    # Session, person, entries, people to choose from, whether there is a simulator.
    with django_assert_num_queries(5):
        browser.get("/audit/")


def test_a_company_is_not_told_where_its_resellers_people_are(cast: Cast) -> None:
    signed_in(cast.operator_admin).get(f"/c/{cast.client.pk}/", REMOTE_ADDR="192.0.2.7")
    signed_in(cast.admin).post("/channels/add/", {}, REMOTE_ADDR="192.0.2.8")
    ours, theirs = signed_in(cast.admin), signed_in(cast.operator_admin)
    assert "Société ouverte" in words(ours)
    assert "192.0.2.7" not in words(ours)
    assert "192.0.2.7" not in str(rows(ours))
    assert "192.0.2.7" in words(theirs)
    assert "192.0.2.7" in str(rows(theirs))


def test_a_company_sees_which_company_above_acted_and_not_who(cast: Cast) -> None:
    happened(cast.client, "Réglage", acting=cast.operator_admin)
    ours, theirs = signed_in(cast.admin), signed_in(cast.operator_admin)
    name = cast.operator_admin.display_name
    for page in (words(ours), words(ours, person=cast.operator_admin.pk)):
        assert "Quelqu’un chez SCOPCHAT" in page
        assert name not in page
        assert f'href="?person={cast.operator_admin.pk}"' not in page
    (row,) = [row for row in rows(ours) if "Réglage" in str(row)]
    assert (row["Personne"], row["Société de la personne"]) == ("", "SCOPCHAT")
    assert name in words(theirs)
    assert name in str(rows(theirs))


@pytest.mark.parametrize(
    ("text", "found"), [("Opérateur", False), ("192.0.2.7", False), ("scopchat", True), ("réglage", True)]
)
def test_a_company_does_not_find_what_it_is_not_shown(cast: Cast, text: str, found: bool) -> None:
    with coming_from(Origin("192.0.2.7", "")):
        happened(cast.client, "Réglage", acting=cast.operator_admin)
    assert ("Quelqu’un chez" in words(signed_in(cast.admin), q=text)) is found
    assert "Réglage" in words(signed_in(cast.operator_admin), q=text)


def test_the_export_holds_what_the_filter_leaves_and_is_recorded(cast: Cast) -> None:
    happened(cast.client, "=1+1", acting=cast.admin)
    happened(cast.client, "autre", acting=cast.manager)
    found = rows(signed_in(cast.admin), verb="channel.changed", person=cast.admin.pk)
    assert [(row["Action"], row["Personne"], row["Détails"]) for row in found] == [
        ("Canal modifié", "Amélie Gagnon", "Nom : =1+1")
    ]
    taken = Entry.objects.get(verb=Verb.AUDIT_EXPORTED)
    assert (taken.person_id, taken.company_id) == (cast.admin.pk, cast.client.pk)
    assert taken.details == {"filter": ["Action : channel.changed", f"Personne : {cast.admin.pk}"]}


def test_the_export_runs_nothing_in_a_spreadsheet(cast: Cast) -> None:
    cast.admin.display_name = "=HYPERLINK(1)"
    cast.admin.save(update_fields=["display_name"])
    happened(cast.client, "x", acting=User.objects.get(pk=cast.admin.pk))
    assert "'=HYPERLINK(1)" in [row["Personne"] for row in rows(signed_in(cast.operator_admin))]
