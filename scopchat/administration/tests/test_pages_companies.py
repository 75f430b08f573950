"""The pages of companies below: who sees which, what may be made where, and what cannot be undone by mistake."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.administration import companies
from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.models import Company, State
from scopchat.tenancy.services import create_company
from tests.cast import PASSWORD, Cast
from tests.people import FRAGMENT, signed_in

VERBS = ("deactivate", "reactivate", "archive", "restore")


def reseller(cast: Cast) -> Client:
    """A browser of the reseller whose only client is the clinic."""
    user = create_user(
        company=cast.l2, username="rene", email="rene@exemple.test", display_name="René Roy",
        role=Role.RESELLER_ADMIN, password=PASSWORD,
    )  # fmt: skip
    return signed_in(user)


def values(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "client", "name": "Garage Côté", "country": "CA", "time_zone": "America/Toronto", "language": "fr",
        "currency": "CAD", **changes,
    }  # fmt: skip


def fresh(company: Company) -> Company:
    found: Company = Company.objects.get(pk=company.pk)
    return found


def listed(browser: Client, **query: str) -> list[str]:
    response = browser.get("/companies/", query)
    return [row.company.name for row, _bars in response.context["rows"]]


@pytest.mark.parametrize("who", ["agent", "manager", "user", "admin", "outsider_admin"])
def test_it_refuses_who_may_not(cast: Cast, who: str) -> None:
    browser = signed_in(getattr(cast, who))
    for page in ("/companies/", f"/companies/{cast.client.pk}/edit/", f"/companies/{cast.l2.pk}/add/"):
        assert browser.get(page).status_code == 403
    assert browser.post(f"/companies/{cast.client.pk}/deactivate/").status_code == 403


@pytest.mark.parametrize("page", ["", "edit/", "add/"])
@pytest.mark.parametrize("other", ["outsider", "l1", "operator"])
def test_it_answers_404_for_companies_beside_and_above(cast: Cast, other: str, page: str) -> None:
    assert reseller(cast).get(f"/companies/{getattr(cast, other).pk}/{page}").status_code == 404


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_changes_the_state_of_a_company_beside_above_or_their_own(cast: Cast, verb: str) -> None:
    browser = reseller(cast)
    assert browser.post(f"/companies/{cast.outsider.pk}/{verb}/").status_code == 404
    assert browser.post(f"/companies/{cast.l1.pk}/{verb}/").status_code == 404
    assert browser.post(f"/companies/{cast.l2.pk}/{verb}/").status_code == 403
    assert browser.get(f"/companies/{cast.client.pk}/{verb}/").status_code == 405
    assert fresh(cast.l2).state == State.ACTIVE


def test_it_lists_the_branch_of_the_company_looked_at(cast: Cast) -> None:
    assert listed(reseller(cast)) == ["Réseau Rive-Sud", "Clinique Laurier"]
    browser = signed_in(cast.operator_admin)
    assert len(listed(browser)) == 6
    browser.look_at(cast.l2)
    assert listed(browser) == ["Réseau Rive-Sud", "Clinique Laurier"]


def test_it_finds_names_without_accents_and_shows_what_they_stand_under(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    assert listed(browser, q="RESEAU") == ["SCOPCHAT", "Distribution Nord", "Télécom Laval", "Réseau Rive-Sud"]
    rows = browser.get("/companies/", {"q": "reseau"}).context["rows"]
    matching = [row.company.name for row, _bars in rows if row.matches]
    assert matching == ["Réseau Rive-Sud"]
    assert listed(browser, q="zzz") == []


def test_archived_companies_are_shown_when_asked_for(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    browser.post(f"/companies/{cast.outsider.pk}/archive/")
    assert "Boulangerie du Parc" not in listed(browser)
    assert listed(browser, state="archived")[-1] == "Boulangerie du Parc"
    browser.post(f"/companies/{cast.l2.pk}/deactivate/")
    assert listed(browser, state="off")[-2:] == ["Réseau Rive-Sud", "Clinique Laurier"]
    assert listed(browser, state="active") == ["SCOPCHAT", "Distribution Nord", "Télécom Laval"]
    assert "Réseau Rive-Sud" in listed(browser, state="nonsense")


def test_a_long_list_goes_on_where_it_ended(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companies, "PAGE", 2)
    browser, seen, after = signed_in(cast.operator_admin), [], ""
    while True:
        response = browser.get("/companies/", {"after": after} if after else {}, headers=FRAGMENT)
        seen += [row.company.pk for row, _bars in response.context["rows"]]
        after = response.context["next_path"]
        if not after:
            break
    assert seen == list(Company.objects.order_by("path").values_list("pk", flat=True))


def test_it_asks_the_database_the_same_whatever_the_length(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for place in range(20):
        create_company(parent=cast.l1, kind=Kind.CLIENT, name=f"Cliente {place}")
    browser = signed_in(cast.operator_admin)
    # Session, person, the branch, a page of it; for each of three limits the branch and a count; switcher and menu.
    with django_assert_max_num_queries(12):
        browser.get("/companies/")


@pytest.mark.parametrize(
    ("parent", "kinds"),
    [
        ("operator", ["distributor", "reseller_l1", "client"]),
        ("distributor", ["reseller_l1", "client"]),
        ("l1", ["reseller_l2", "client"]),
        ("l2", ["client"]),
    ],
)
def test_it_offers_the_kinds_that_may_stand_there_and_takes_no_other(cast: Cast, parent: str, kinds: list[str]) -> None:
    page = f"/companies/{getattr(cast, parent).pk}/add/"
    browser = signed_in(cast.operator_admin)
    form = browser.get(page).context["form"]
    assert [value for value, _label in form.fields["kind"].choices] == kinds
    for kind in set(Kind.values) - set(kinds):
        assert browser.post(page, values(kind=kind)).status_code == 422
    assert not Company.objects.filter(name="Garage Côté").exists()


def test_nothing_stands_under_a_client(cast: Cast) -> None:
    assert signed_in(cast.operator_admin).get(f"/companies/{cast.client.pk}/add/").status_code == 403


def test_a_reseller_adds_a_client(cast: Cast) -> None:
    response = reseller(cast).post(f"/companies/{cast.l2.pk}/add/", values(country="FR", time_zone="Europe/Paris"))
    made = Company.objects.get(name="Garage Côté")
    assert response["Location"] == f"/c/{cast.l2.pk}/companies/{made.pk}/"
    assert (made.kind, made.country, made.time_zone) == ("client", "FR", "Europe/Paris")
    assert made.is_or_is_under(cast.l2)
    assert Entry.objects.get(verb=Verb.COMPANY_CREATED, object_id=made.pk).person_name == "René Roy"


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"country": "ZZ"}, {"time_zone": "Mars/Olympus"}, {"language": "tlh"}, {"currency": "XXX"}]
)
def test_it_refuses_nonsense_and_keeps_what_was_typed(cast: Cast, wrong: dict[str, str]) -> None:
    typed = values(**wrong)
    response = signed_in(cast.operator_admin).post(f"/companies/{cast.l2.pk}/add/", typed)
    assert response.status_code == 422
    assert response.context["form"]["name"].value() == typed["name"]


def test_it_edits_a_company_and_keeps_a_time_zone_by_its_old_name(cast: Cast) -> None:
    Company.objects.filter(pk=cast.client.pk).update(time_zone="America/Montreal")
    changed = values(name="Clinique Neuve", time_zone="America/Montreal", currency="USD")
    response = reseller(cast).post(f"/companies/{cast.client.pk}/edit/", changed)
    assert response.status_code == 302
    after = fresh(cast.client)
    assert (after.name, after.currency, after.kind, after.time_zone) == (
        "Clinique Neuve", "USD", "client", "America/Montreal",
    )  # fmt: skip


def test_it_switches_a_company_off_and_on_again(cast: Cast) -> None:
    browser = reseller(cast)
    page = browser.post(f"/companies/{cast.client.pk}/deactivate/", follow=True).content.decode()
    assert "Désactivée" in page
    assert "Réactiver" in page
    browser.post(f"/companies/{cast.client.pk}/deactivate/")
    browser.post(f"/companies/{cast.client.pk}/reactivate/")
    assert fresh(cast.client).state == State.ACTIVE
    verbs = Entry.objects.filter(person_name="René Roy", company_id=cast.client.pk).values_list("verb", flat=True)
    assert set(verbs) == {Verb.COMPANY_DEACTIVATED, Verb.COMPANY_REACTIVATED}


def test_restoring_tells_what_did_not_come_back(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    browser.post(f"/companies/{cast.client.pk}/archive/")
    create_user(
        company=cast.outsider, username="amelie", email="a@exemple.test", display_name="Autre",
        role=Role.AGENT, password=PASSWORD,
    )  # fmt: skip
    page = browser.post(f"/companies/{cast.client.pk}/restore/", follow=True).content.decode()
    assert "Amélie Gagnon (amelie, amelie@exemple.test)" in page
    assert User.objects.of(cast.client).count() == 4
    with scope(company=cast.client):
        assert cast.client.is_active
    assert Entry.objects.get(verb=Verb.COMPANY_RESTORED).details == {
        "skipped": ["Amélie Gagnon (amelie, amelie@exemple.test)"]
    }


def test_restoring_waits_for_the_company_above(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    for company in (cast.client, cast.l2):
        browser.post(f"/companies/{company.pk}/archive/")
    page = browser.post(f"/companies/{cast.client.pk}/restore/", follow=True).content.decode()
    assert "restaurez-la d’abord" in page
    assert fresh(cast.client).archived_at is not None


def test_a_second_factor_is_required_on_the_companys_page(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    browser.post(f"/companies/{cast.l2.pk}/second-factor/", {"asked": "yes"})
    assert "Ne plus exiger" in browser.get(f"/companies/{cast.l2.pk}/").content.decode()
    page = browser.get(f"/companies/{cast.client.pk}/").content.decode()
    assert "Exigé par une société au-dessus." in page
    entry = Entry.objects.filter(verb=Verb.COMPANY_CHANGED).latest_first()[0]
    assert entry.details == {"second_factor": {"before": False, "after": True}}
    made = create_company(parent=Company.objects.get(pk=cast.l2.pk), kind=Kind.CLIENT, name="Nouvelle")
    assert made.needs_second_factor
    browser.post(f"/companies/{cast.l2.pk}/second-factor/", {"asked": "no"})
    assert not Company.objects.filter(needs_second_factor=True).exists()


@pytest.mark.parametrize(("who", "status"), [("agent", 403), ("manager", 403), ("outsider_admin", 404)])
def test_nobody_else_requires_it(cast: Cast, who: str, status: int) -> None:
    answer = signed_in(getattr(cast, who)).post(f"/companies/{cast.client.pk}/second-factor/", {"asked": "yes"})
    assert answer.status_code == status
