"""What those who look after people change about them, and what nobody can."""

from __future__ import annotations

import pytest

from scopchat.accounts import people
from scopchat.accounts.models import User
from scopchat.accounts.roles import Role, may_look_after, roles_to_give
from scopchat.accounts.services import create_user
from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.common.refusals import Refusal
from scopchat.events.catalogue import AccessChanged
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.limits import LimitReached
from scopchat.tenancy.models import Company
from tests.at_once import at_once
from tests.cast import PASSWORD, Cast
from tests.heard import Heard
from tests.mails import mails
from tests.people import entered

A, M, G, U, R, S = (
    Role.COMPANY_ADMIN, Role.MANAGER, Role.AGENT, Role.USER, Role.RESELLER_ADMIN, Role.SYSTEM_ADMIN,
)  # fmt: skip


def fresh(person: User) -> User:
    found: User = User.objects.get(pk=person.pk)
    return found


def second_admin(cast: Cast, role: Role = A) -> User:
    return create_user(
        company=cast.client, username="nadia", email="nadia@exemple.test", display_name="Nadia Roy", role=role,
        password=PASSWORD,
    )  # fmt: skip


def give(person: User, role: Role, acting: User | None) -> None:
    people.update_user(
        person=person,
        display_name=person.display_name,
        email=person.email,
        language=person.language,
        role=role,
        acting=acting,
    )


@pytest.mark.parametrize(
    ("own", "kind", "roles"),
    [
        (A, Kind.CLIENT, [A, M, G, U]),
        (A, Kind.RESELLER_L1, [A, M, G, U]),
        (R, Kind.RESELLER_L1, [R, A, M, G, U]),
        (R, Kind.CLIENT, [A, M, G, U]),
        (S, Kind.OPERATOR, [S, A, M, G, U]),
        (S, Kind.DISTRIBUTOR, [R, A, M, G, U]),
        (M, Kind.CLIENT, []),
        (G, Kind.CLIENT, []),
    ],
)
def test_nobody_gives_a_role_that_reaches_further_than_their_own(own: Role, kind: Kind, roles: list[Role]) -> None:
    assert roles_to_give(own, kind) == roles


@pytest.mark.parametrize(("own", "other"), [(A, R), (A, S), (M, G), (M, M), (G, G), (U, U)])
def test_nobody_looks_after_those_who_reach_further(own: Role, other: Role) -> None:
    assert not may_look_after(own, other)


def test_a_role_counts_from_the_next_request(cast: Cast, heard: Heard) -> None:
    browser = entered("sophie")
    assert browser.get("/channels/").status_code == 403
    give(cast.agent, A, cast.admin)
    assert browser.get("/channels/").status_code == 200
    assert AccessChanged((cast.agent.pk,)) in heard.of(AccessChanged)
    entry = Entry.objects.get(verb=Verb.USER_CHANGED)
    assert entry.details == {"role": {"before": "agent", "after": "company_admin"}}


def test_a_change_of_address_by_an_administrator_is_told_to_the_old_one(cast: Cast) -> None:
    person = cast.agent
    values = {"display_name": person.display_name, "language": "fr", "role": Role(person.role)}
    people.update_user(person=person, email="ailleurs@exemple.test", acting=cast.admin, **values)
    people.update_user(person=person, email="ailleurs@exemple.test", acting=cast.admin, **values)
    (mail,) = mails()
    assert mail["to"] == "sophie@exemple.test"
    assert "Un administrateur a changé l’adresse courriel" in mail["text"]


def test_the_last_administrator_is_neither_demoted_nor_disabled(cast: Cast) -> None:
    for attempt in (
        lambda: give(cast.admin, M, cast.operator_admin),
        lambda: people.disable_user(person=cast.admin, acting=cast.operator_admin),
    ):
        with pytest.raises(Refusal):
            attempt()
    second_admin(cast)
    give(cast.admin, M, cast.operator_admin)
    assert fresh(cast.admin).role == M


def test_a_disabled_administrator_does_not_count(cast: Cast) -> None:
    nadia = second_admin(cast)
    people.disable_user(person=nadia, acting=cast.admin)
    with pytest.raises(Refusal):
        people.disable_user(person=cast.admin, acting=cast.operator_admin)


def test_an_administrator_of_the_company_alone_replaces_no_system_administrator(cast: Cast) -> None:
    create_user(
        company=cast.operator, username="nadia", email="n@exemple.test", display_name="Nadia", role=A, password=PASSWORD
    )
    with pytest.raises(Refusal):
        people.disable_user(person=cast.operator_admin, acting=None)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_disable_each_other_leave_one(cast: Cast) -> None:
    nadia = second_admin(cast)
    results = at_once(
        cast.client,
        lambda: people.disable_user(person=nadia, acting=cast.admin),
        lambda: people.disable_user(person=cast.admin, acting=nadia),
        written="accounts_user, tenancy_company",
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Refusal"]
    assert User.objects.of(cast.client).filter(role=A, is_active=True).count() == 1


def test_nobody_disables_themselves_or_changes_their_own_role(cast: Cast) -> None:
    second_admin(cast)
    with pytest.raises(Refusal):
        people.disable_user(person=cast.admin, acting=cast.admin)
    with pytest.raises(Refusal):
        give(cast.admin, M, cast.admin)


def test_who_is_disabled_is_out_at_once_and_cannot_come_back(cast: Cast, heard: Heard) -> None:
    browser = entered("sophie")
    people.disable_user(person=cast.agent, acting=cast.admin)
    assert browser.get("/messages/").status_code == 302
    assert entered("sophie").get("/messages/").status_code == 302
    assert fresh(cast.agent).presence == "offline"
    assert AccessChanged((cast.agent.pk,)) in heard.of(AccessChanged)
    people.enable_user(person=cast.agent, acting=cast.admin)
    assert entered("sophie").get("/messages/").status_code == 200
    assert [entry.verb for entry in Entry.objects.filter(verb__startswith="user.", object_id=cast.agent.pk)][-2:] == [
        Verb.USER_DISABLED,
        Verb.USER_ENABLED,
    ]


def test_nobody_is_enabled_without_room(cast: Cast) -> None:
    people.disable_user(person=cast.agent, acting=cast.admin)
    Company.objects.filter(pk=cast.client.pk).update(max_users=4)
    with pytest.raises(LimitReached):
        people.enable_user(person=cast.agent, acting=cast.admin)
    assert not fresh(cast.agent).is_active


def test_closing_sessions_signs_out_everywhere_and_nobody_else(cast: Cast, heard: Heard) -> None:
    here, there, other = entered("sophie"), entered("sophie"), entered("linh")
    people.close_sessions(person=cast.agent, acting=cast.admin)
    assert [each.get("/messages/").status_code for each in (here, there, other)] == [302, 302, 200]
    assert heard.of(AccessChanged) == [AccessChanged((cast.agent.pk,))]
    assert Entry.objects.get(verb=Verb.USER_SESSIONS_ENDED).person_id == cast.admin.pk


def test_generated_passwords_are_long_and_never_the_same() -> None:
    made = {people.new_password() for _again in range(200)}
    assert len(made) == 200
    assert {len(password) for password in made} == {14}
    assert not set("".join(made)) & set("il10o")


def test_a_renewed_password_signs_out_and_has_to_be_changed(cast: Cast) -> None:
    browser = entered("sophie")
    people.renew_password(person=cast.agent, password="abcd-efgh-jkmn", acting=cast.admin)
    assert browser.get("/messages/").status_code == 302
    assert fresh(cast.agent).must_change_password
    assert "abcd" not in Entry.objects.get(verb=Verb.USER_PASSWORD_RENEWED).search
