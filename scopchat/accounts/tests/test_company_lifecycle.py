"""People when their company stops, goes and comes back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scopchat.accounts.models import Presence, User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.accounts.sessions import stored_key
from scopchat.tenancy.models import Company
from scopchat.tenancy.services import archive_company, deactivate_company, reactivate_company, restore_company
from tests.cast import PASSWORD, Cast
from tests.people import Browser, entered, signed_in

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def newcomer(company: Company, username: str, email: str) -> User:
    return create_user(
        company=company, username=username, email=email, display_name="Nouvelle", role=Role.AGENT, password=PASSWORD
    )


def test_its_people_are_signed_out_at_once_wherever_they_are(cast: Cast) -> None:
    amelie, paul, forced = entered("amelie"), entered("paul"), signed_in(cast.agent)
    deactivate_company(company=cast.l2, acting=None, now=NOW)
    for browser in (amelie, forced):
        assert browser.get("/messages/")["Location"].startswith("/account/login/")
    assert paul.get("/messages/").status_code == 200
    assert not UserSession.objects.filter(user=cast.admin).exists()
    assert not Session.objects.filter(session_key=stored_key(amelie.session.session_key)).exists()
    assert User.objects.get(pk=cast.admin.pk).presence == Presence.OFFLINE


def test_reactivation_lets_people_in_and_revives_no_session(cast: Cast) -> None:
    browser = entered("amelie")
    deactivate_company(company=cast.client, acting=None, now=NOW)
    reactivate_company(company=cast.client, acting=None)
    assert browser.get("/messages/").status_code == 302
    assert entered("amelie").get("/messages/").status_code == 200


@pytest.mark.parametrize("above", ["client", "l2", "distributor"])
def test_nobody_signs_in_to_a_company_that_is_off_or_stands_under_one(cast: Cast, above: str) -> None:
    deactivate_company(company=getattr(cast, above), acting=None, now=NOW)
    browser = Browser()
    answer = browser.post("/account/login/", {"login": "amelie", "password": PASSWORD})
    assert answer["Location"] == "/account/inactive/"
    assert browser.get("/messages/").status_code == 302
    assert "société" in browser.get("/account/inactive/").content.decode()


def test_a_wrong_password_is_not_told_that_the_company_is_off(cast: Cast, client: Browser) -> None:
    deactivate_company(company=cast.client, acting=None, now=NOW)
    assert client.post("/account/login/", {"login": "amelie", "password": "wrong"}).status_code == 200


def test_archiving_frees_usernames_and_e_mails_and_keeps_what_people_wrote(cast: Cast) -> None:
    archive_company(company=cast.client, acting=None, now=NOW)
    assert not User.objects.of(cast.client).exists()
    assert entered("amelie").get("/messages/").status_code == 302
    taken = newcomer(cast.outsider, "amelie", "amelie@exemple.test")
    assert entered("amelie").get("/messages/").context["request"].user == taken
    assert User.with_archived.of(cast.client).count() == 5


def test_restoring_skips_and_lists_whose_names_were_taken_since(cast: Cast) -> None:
    archive_company(company=cast.client, acting=None, now=NOW)
    newcomer(cast.outsider, "AMELIE", "autre@exemple.test")
    newcomer(cast.outsider, "autre", "Karim@exemple.test")
    skipped = restore_company(company=cast.client, acting=None, now=NOW)
    assert [each.name for each in skipped] == [
        "Amélie Gagnon (amelie, amelie@exemple.test)",
        "Karim Haddad (karim, karim@exemple.test)",
    ]
    assert {user.username for user in User.objects.of(cast.client)} == {"sophie", "linh", "marc"}


def test_whom_an_administrator_disabled_stays_disabled(cast: Cast) -> None:
    User.objects.filter(pk=cast.agent.pk).update(is_active=False)
    archive_company(company=cast.client, acting=None, now=NOW)
    restore_company(company=cast.client, acting=None, now=NOW)
    assert not User.objects.get(pk=cast.agent.pk).is_active
    assert User.objects.get(pk=cast.agent2.pk).is_active


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.integers(1, 3), disabled=st.sets(st.sampled_from(["amelie", "karim", "sophie", "linh", "marc"])))
def test_archiving_and_restoring_changes_nothing_of_anybody(cast: Cast, rounds: int, disabled: set[str]) -> None:
    User.objects.of(cast.client).update(is_active=True)
    User.objects.filter(username__in=disabled).update(is_active=False)

    def people() -> list[tuple[object, ...]]:
        columns = ("pk", "username", "email", "is_active", "archived_at", "company_id", "role")
        return list(User.with_archived.order_by("pk").values_list(*columns))

    before = people()
    for _round in range(rounds):
        archive_company(company=cast.client, acting=None, now=NOW)
        assert restore_company(company=cast.client, acting=None, now=NOW) == []
    assert people() == before
