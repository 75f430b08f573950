"""The company's page as its own administrators have it: to see all of it, and to change what is theirs."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.audit.models import Entry
from scopchat.common.clock import utc_now
from scopchat.tenancy.models import Company
from scopchat.tenancy.services import archive_company, ask_second_factor, restore_company
from tests.cast import Cast
from tests.html import flat
from tests.passkeys import add_passkey
from tests.people import signed_in

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def newcomer(company: Company, username: str, email: str) -> User:
    return create_user(
        company=company, username=username, email=email, display_name="Nouvelle", role=Role.AGENT, password=None
    )


def page(browser: Client, company: Company) -> str:
    found = browser.get("/company/", follow=True)
    assert found.redirect_chain == [(f"/c/{company.pk}/companies/{company.pk}/", 302)]
    return flat(found.content)


def forms(html: str) -> set[str]:
    """Where its forms lead, but for those of the header."""
    return set(re.findall(r'action="(/c/\d+/companies/[^"]+)"', html))


def test_it_shows_everything_and_changes_the_second_factor_alone(cast: Cast) -> None:
    Company.objects.filter(pk=cast.client.pk).update(max_users=6, mass_sends=True)
    html = page(signed_in(cast.admin), cast.client)
    assert "Clinique Laurier" in html
    assert "83\u00a0% de la limite" in html
    assert forms(html) == {f"/c/{cast.client.pk}/companies/{cast.client.pk}/second-factor/"}
    for other in ("Modifier les limites", "Télécom Laval", "Réseau Rive-Sud", "/edit/", "/limits/"):
        assert other not in html
    assert f'href="/c/{cast.client.pk}/company/" title="Société" aria-current="page"' in html


def test_who_has_no_second_factor_is_shown_before_it_is_required(cast: Cast) -> None:
    add_passkey(cast.agent)
    html = page(signed_in(cast.admin), cast.client)
    assert "4 personnes ici et au-dessous n’en ont pas" in html
    assert "Amélie Gagnon, Karim Haddad, Linh Nguyen, Marc Bouchard" in html
    for person in (cast.admin, cast.manager, cast.agent2, cast.user):
        add_passkey(person)
    assert "Tout le monde ici et au-dessous en a un." in page(signed_in(cast.admin), cast.client)


def test_an_administrator_requires_a_second_factor_of_their_own_company_alone(cast: Cast) -> None:
    browser, at_work = signed_in(cast.admin), signed_in(cast.agent)
    for other in (cast.l2, cast.outsider, cast.operator):
        assert browser.post(f"/companies/{other.pk}/second-factor/", {"asked": "yes"}).status_code == 404
    done = browser.post(f"/companies/{cast.client.pk}/second-factor/", {"asked": "yes"}, follow=True)
    assert "dès sa prochaine connexion" in done.content.decode()
    asking = Company.objects.filter(asks_second_factor=True)
    assert list(asking) == [cast.client]
    # It stops nobody in the middle of their work, its author included.
    assert (browser.get("/messages/").status_code, at_work.get("/messages/").status_code) == (200, 200)
    for person in (cast.admin, cast.agent):
        assert signed_in(person).get("/messages/")["Location"] == f"/c/{cast.client.pk}/second-factor/"


def test_what_a_company_above_requires_stays_required(cast: Cast) -> None:
    ask_second_factor(company=cast.l2, asked=True, acting=None, now=utc_now())
    signed_in(cast.admin).post(f"/companies/{cast.client.pk}/second-factor/", {"asked": "no"})
    assert Company.objects.get(pk=cast.client.pk).needs_second_factor


@pytest.mark.parametrize("resource", ["max_users", "max_segments_month"])
def test_who_looks_after_the_company_is_warned_where_it_matters(cast: Cast, resource: str) -> None:
    Company.objects.filter(pk=cast.client.pk).update(**{resource: 5 if resource == "max_users" else 0})
    place = {"max_users": "/users/", "max_segments_month": "/messages/"}[resource]
    warned = "La limite est atteinte"
    assert warned in signed_in(cast.admin).get(place).content.decode()
    assert warned not in signed_in(cast.admin).get("/audit/").content.decode()
    assert warned not in signed_in(cast.manager).get("/messages/").content.decode()
    assert warned not in signed_in(cast.outsider_admin).get(place).content.decode()


def two_left_out(cast: Cast) -> None:
    """The company is back without its administrator and its manager, whose names were taken."""
    archive_company(company=cast.client, acting=None, now=NOW)
    newcomer(cast.outsider, "AMELIE", "autre@exemple.test")
    newcomer(cast.outsider, "autre", "Karim@exemple.test")
    restore_company(company=cast.client, acting=None, now=NOW)


def test_people_left_out_at_a_restore_are_listed_and_come_back_under_other_names(cast: Cast) -> None:
    two_left_out(cast)
    browser = signed_in(cast.operator_admin)
    company, person = f"/companies/{cast.client.pk}/", f"/companies/{cast.client.pk}/people/{cast.admin.pk}/"
    assert "Amélie Gagnon" in browser.get(company).content.decode()
    taken = browser.post(person, {"username": "Amelie", "email": "amelie@exemple.test"})
    assert taken.status_code == 422
    assert "déjà ce nom" in taken.content.decode()
    taken = browser.post(person, {"username": "amelie2", "email": "AUTRE@exemple.test"})
    assert "déjà ce courriel" in taken.content.decode()
    assert browser.post(person, {"username": "amelie 2", "email": "x"}).status_code == 422
    assert browser.post(person, {"username": "amelie2", "email": "amelie2@exemple.test"}).status_code == 302
    back = User.objects.get(pk=cast.admin.pk)
    assert (back.username, back.email, back.role) == ("amelie2", "amelie2@exemple.test", "company_admin")
    assert back.search == "amelie gagnon\namelie2\namelie2@exemple.test"
    assert back.password == cast.admin.password
    assert [each.display_name for each in browser.get(company).context["left_out"]] == ["Karim Haddad"]
    assert browser.get(person).status_code == 404
    assert Entry.objects.get(verb="user.brought_back").details["username"] == {"before": "amelie", "after": "amelie2"}


def test_nobody_comes_back_to_a_company_that_is_archived_again(cast: Cast) -> None:
    two_left_out(cast)
    archive_company(company=cast.client, acting=None, now=NOW)
    browser = signed_in(cast.operator_admin)
    assert list(browser.get(f"/companies/{cast.client.pk}/").context["left_out"]) == []
    assert browser.get(f"/companies/{cast.client.pk}/people/{cast.admin.pk}/").status_code == 404


def test_a_limit_holds_for_who_comes_back(cast: Cast) -> None:
    two_left_out(cast)
    Company.objects.filter(pk=cast.client.pk).update(max_users=3)
    person = f"/companies/{cast.client.pk}/people/{cast.admin.pk}/"
    response = signed_in(cast.operator_admin).post(person, {"username": "amelie2", "email": "amelie2@exemple.test"})
    assert response.status_code == 422
    assert "3 utilisateurs" in response.content.decode()
    assert not User.objects.filter(pk=cast.admin.pk).exists()


def test_an_administrator_brings_back_nobody_who_reaches_further(cast: Cast) -> None:
    two_left_out(cast)
    admin = create_user(
        company=cast.client, username="nadia", email="nadia@exemple.test", display_name="Nadia",
        role=Role.COMPANY_ADMIN, password=None,
    )  # fmt: skip
    User.with_archived.filter(pk=cast.manager.pk).update(role=Role.RESELLER_ADMIN)
    browser = signed_in(admin)
    assert browser.get(f"/companies/{cast.client.pk}/people/{cast.manager.pk}/").status_code == 403
    assert browser.get(f"/companies/{cast.client.pk}/people/{cast.admin.pk}/").status_code == 200
    assert browser.get(f"/companies/{cast.client.pk}/people/{cast.agent.pk}/").status_code == 404
