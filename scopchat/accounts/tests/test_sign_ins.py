"""Signing in, failing to, signing out and entering a company below, as the audit log tells of them."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from tests.cast import PASSWORD, Cast
from tests.people import signed_in

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


def test_it_records_who_enters_a_company_below(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    browser.look_at(cast.client)
    browser.look_at(cast.client)
    entry = Entry.objects.get(verb=Verb.COMPANY_ENTERED)
    assert (entry.person_id, entry.person_company_id) == (cast.operator_admin.pk, cast.operator.pk)
    assert entry.company_id == cast.client.pk
    browser.look_at(cast.operator)
    assert Entry.objects.filter(verb=Verb.COMPANY_ENTERED).count() == 1


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
