"""Which companies a person may look at, and who they are there."""

from __future__ import annotations

import pytest

from scopchat.accounts import presence
from scopchat.accounts.models import Presence, Theme, User
from scopchat.accounts.names import EmailTaken, UsernameTaken
from scopchat.accounts.own import set_preferences
from scopchat.accounts.roles import Permission, Role
from scopchat.accounts.services import (
    companies_of,
    create_user,
    current_company,
    people_of,
    people_who_may,
)
from scopchat.common.clock import utc_now
from scopchat.common.refusals import Refusal
from scopchat.tenancy.models import Company
from tests.cast import Cast


def someone(company: Company, username: str, role: Role, *, email: str = "") -> User:
    return create_user(
        company=company,
        username=username,
        email=email or f"{username}@exemple.test",
        display_name=username.title(),
        role=role,
        password="correct-horse-battery",
    )


def reseller(cast: Cast) -> User:
    return someone(cast.l2, "rene", Role.RESELLER_ADMIN)


def deactivate(company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(is_active=False)


@pytest.mark.parametrize("who", ["admin", "manager", "agent", "user"])
def test_people_of_a_client_see_their_company_alone(cast: Cast, who: str) -> None:
    person: User = getattr(cast, who)
    assert list(companies_of(person)) == [cast.client]
    for other in (cast.outsider, cast.l2, cast.operator):
        assert current_company(user=person, named=other.pk) is None


def test_the_operator_sees_every_company(cast: Cast) -> None:
    everyone = [cast.operator, cast.distributor, cast.l1, cast.l2, cast.client, cast.outsider]
    assert list(companies_of(cast.operator_admin)) == everyone
    for company in everyone:
        assert current_company(user=cast.operator_admin, named=company.pk) == company


def test_a_reseller_sees_its_own_branch_and_nothing_above_or_beside(cast: Cast) -> None:
    person = reseller(cast)
    assert list(companies_of(person)) == [cast.l2, cast.client]
    assert current_company(user=person, named=cast.client.pk) == cast.client
    for other in (cast.outsider, cast.l1, cast.distributor, cast.operator):
        assert current_company(user=person, named=other.pk) is None


def test_a_company_switched_off_is_looked_at_by_nobody(cast: Cast) -> None:
    person = reseller(cast)
    deactivate(cast.client)
    assert list(companies_of(person)) == [cast.l2]
    assert current_company(user=person, named=cast.client.pk) is None


def test_no_company_named_is_ones_own_and_one_that_is_gone_is_none(cast: Cast) -> None:
    assert current_company(user=cast.operator_admin, named=None) == cast.operator
    assert current_company(user=cast.operator_admin, named=999_999) is None


def test_people_are_listed_by_company_and_by_what_they_may_do(cast: Cast) -> None:
    User.objects.filter(pk=cast.agent2.pk).update(is_active=False)
    assert set(people_of(cast.client)) == {cast.admin, cast.manager, cast.agent, cast.user}
    assert set(people_who_may(Permission.START_CONVERSATION, company=cast.client)) == {cast.admin, cast.user}
    assert set(people_of(cast.outsider)) == {cast.outsider_admin}


@pytest.mark.parametrize(
    ("username", "email", "refusal"),
    [
        ("AMELIE", "new@exemple.test", UsernameTaken),
        ("new", "Amelie@Exemple.Test", EmailTaken),
        ("amelie", "a@b.test", UsernameTaken),
    ],
)
def test_a_username_or_email_is_taken_once_in_any_case(
    cast: Cast, username: str, email: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        someone(cast.outsider, username, Role.AGENT, email=email)


def test_a_password_is_stored_as_a_hash(cast: Cast) -> None:
    person = someone(cast.client, "nadia", Role.AGENT)
    assert "correct-horse" not in person.password
    assert person.check_password("correct-horse-battery")


def test_presence_and_preferences_change_for_one_person_alone(cast: Cast) -> None:
    presence.choose(person=cast.agent, presence=Presence.BUSY, now=utc_now())
    set_preferences(user=cast.agent, theme=Theme.DARK)
    set_preferences(user=cast.agent, language="en")
    agent, other = User.objects.get(pk=cast.agent.pk), User.objects.get(pk=cast.agent2.pk)
    assert (agent.presence, agent.theme, agent.language) == ("busy", "dark", "en")
    assert (other.presence, other.theme, other.language) == ("offline", "system", "fr")


@pytest.mark.parametrize(
    ("name", "initials"), [("Amélie Gagnon", "AG"), ("Jean de la Fontaine", "JF"), ("Zoé", "Z"), ("", "")]
)
def test_initials_stand_for_a_name(name: str, initials: str) -> None:
    assert User(display_name=name).initials == initials
