"""Signing in, failing to, signing out and entering a company below, as the audit log tells of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from scopchat.accounts import entering
from scopchat.accounts.entering import enter, has_entered
from scopchat.accounts.sessions import SessionStore
from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.tenancy.models import Company
from tests.cast import PASSWORD, Cast
from tests.people import signed_in

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
FROM = {"REMOTE_ADDR": "192.0.2.7", "HTTP_USER_AGENT": "Firefox"}


def latest(*verbs: Verb) -> Entry:
    entry: Entry = Entry.objects.filter(verb__in=verbs).latest_first()[0]
    return entry


def sign_in(client: Client, login: str, password: str) -> None:
    client.post("/account/login/", {"login": login, "password": password}, **FROM)


def test_it_records_who_signed_in_from_where_and_who_left(cast: Cast, client: Client) -> None:
    sign_in(client, "amelie", PASSWORD)
    entry = latest(Verb.SIGNED_IN)
    assert (entry.person_id, entry.company_id) == (cast.admin.pk, cast.client.pk)
    assert (entry.ip, entry.agent) == ("192.0.2.7", "Firefox")
    client.post("/account/logout/")
    assert latest(Verb.SIGNED_OUT).person_id == cast.admin.pk


@pytest.mark.parametrize("login", ["Amelie", "amelie@exemple.test"])
def test_it_records_a_wrong_password_for_the_company_of_the_account(cast: Cast, client: Client, login: str) -> None:
    sign_in(client, login, "wrong-password-zzz")
    entry = latest(Verb.SIGN_IN_FAILED)
    assert (entry.person_id, entry.object_id, entry.company_id) == (None, cast.admin.pk, cast.client.pk)
    assert "zzz" not in entry.search
    assert entry.ip == "192.0.2.7"


def test_what_nobody_is_called_is_not_kept_as_it_may_be_a_password(cast: Cast, client: Client) -> None:
    sign_in(client, PASSWORD, PASSWORD)
    entry = latest(Verb.SIGN_IN_FAILED)
    assert (entry.object_id, entry.object_label, entry.company_id) == (None, "", cast.operator.pk)
    assert PASSWORD not in entry.search


def test_it_records_who_enters_a_company_below_and_not_each_page(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    for _time in range(2):
        browser.look_at(cast.client)
        browser.get("/users/")
        browser.look_at(cast.operator)
    entry = Entry.objects.get(verb=Verb.COMPANY_ENTERED)
    assert (entry.person_id, entry.person_company_id) == (cast.operator_admin.pk, cast.operator.pk)
    assert entry.company_id == cast.client.pk
    signed_in(cast.operator_admin).look_at(cast.client)
    assert Entry.objects.filter(verb=Verb.COMPANY_ENTERED).count() == 2


def test_it_records_once_more_who_still_looks_at_the_company_half_a_day_later(cast: Cast) -> None:
    session = SessionStore()

    def entered(company: Company, after: timedelta) -> int:
        enter(session=session, person=cast.operator_admin, company=company, now=NOW + after)
        return Entry.objects.filter(verb=Verb.COMPANY_ENTERED).count()

    assert entered(cast.client, timedelta()) == 1
    assert entered(cast.outsider, timedelta(hours=1)) == 2
    assert entered(cast.client, timedelta(hours=11, minutes=59)) == 2
    assert entered(cast.client, timedelta(hours=12)) == 3
    assert entered(cast.operator, timedelta(hours=12)) == 3


def test_a_session_remembers_the_hundred_companies_entered_last(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "MAX_REMEMBERED", 2)
    session = SessionStore()
    for hour, company in enumerate([cast.client, cast.outsider, cast.l1]):
        enter(session=session, person=cast.operator_admin, company=company, now=NOW + timedelta(hours=hour))
    known = [has_entered(session, company.pk) for company in (cast.client, cast.outsider, cast.l1)]
    assert known == [False, True, True]


def test_what_is_not_ones_to_look_at_is_not_entered(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    assert browser.look_at(cast.l2).status_code == 404
    assert not Entry.objects.filter(verb=Verb.COMPANY_ENTERED).exists()
    assert "entered" not in browser.session


@pytest.mark.parametrize(
    "away",
    [
        "https://[::1]/x",
        "http://127.0.0.1/x",
        "http://localhost:9/x",
        "//ailleurs.test/x",
        "///ailleurs.test",
        "\\\\ailleurs.test",
        "/\\ailleurs.test",
        "http:ailleurs.test",
        "http:///ailleurs.test",
        "javascript:alert(1)",
        "http://testserver@ailleurs.test/",
        "http://testserver.ailleurs.test/",
        "https://[",
        "\x00//ailleurs.test",
        " //ailleurs.test",
    ],
)
def test_signing_in_leads_nowhere_else(cast: Cast, client: Client, settings: Settings, away: str) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost", "[::1]"]
    answer = client.post("/account/login/", {"login": "amelie", "password": PASSWORD, "next": away})
    assert answer["Location"] == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(cast: Cast, client: Client) -> None:
    answer = client.post("/account/login/", {"login": "amelie", "password": PASSWORD, "next": "/archive/?q=1"})
    assert answer["Location"] == "/archive/?q=1"
