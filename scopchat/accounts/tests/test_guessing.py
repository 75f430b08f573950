"""Whoever guesses is slowed, nobody is shut out, and nobody is told which accounts there are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from scopchat.accounts import attempts, failures, throttle
from scopchat.accounts.lookup import person_called
from scopchat.accounts.models import Attempts, Failures
from scopchat.accounts.throttle import Counted, TooSoon
from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.common.clock import utc_now
from tests.at_once import at_once
from tests.cast import PASSWORD, Cast
from tests.guesses import SLOWED, attempt, later, patiently

STRANGER = attempts.STRANGER


@pytest.fixture(autouse=True)
def _slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    patiently(monkeypatch)


def attacked(login: str, times: int = 10) -> None:
    """A stranger has guessed at the name, as often as they could and more."""
    for _n in range(times):
        attempt(login)


def known_browser(login: str = "amelie") -> Client:
    """One in which the person has signed in, and left."""
    browser = Client()
    assert attempt(login, PASSWORD, browser=browser) == "/"
    browser.post("/account/logout/")
    return browser


def allowed(counted: Counted, *, seconds: int) -> int:
    """How many attempts are looked at of who tries every second."""
    now, found = utc_now(), 0
    for n in range(seconds):
        try:
            throttle.begin(counted, now=now + timedelta(seconds=n))
            found += 1
        except TooSoon:
            pass
    return found


def test_a_stranger_has_ten_guesses_in_the_first_five_minutes_and_two_in_any_after(cast: Cast) -> None:
    assert allowed(Counted("name", "amelie", STRANGER), seconds=300) == 10
    later(timedelta(seconds=300))
    assert allowed(Counted("name", "amelie", STRANGER), seconds=300) == 2


def test_each_failure_more_takes_longer(cast: Cast) -> None:
    waits = [STRANGER.wait(level).total_seconds() for level in range(1, 12)]
    assert waits == [0, 0, 3, 6, 12, 24, 48, 96, 192, 300, 300]


def test_a_wait_that_is_over_is_over(cast: Cast) -> None:
    attacked("amelie", 3)
    assert SLOWED in attempt("amelie", PASSWORD)
    later(timedelta(minutes=1))
    assert attempt("amelie", PASSWORD) == "/"


@pytest.mark.django_db(transaction=True)
def test_guesses_made_at_once_are_counted_one_by_one(cast: Cast) -> None:
    pages = at_once(cast.client, *[lambda: attempt("amelie")] * 8, written="accounts_attempts")
    assert sorted(SLOWED in str(page) for page in pages) == [False] * 3 + [True] * 5


def test_a_known_browser_signs_in_during_an_attack(cast: Cast) -> None:
    browser = known_browser()
    attacked("amelie")
    assert SLOWED in attempt("amelie", PASSWORD)
    assert attempt("amelie", PASSWORD, browser=browser) == "/"
    assert attempt("amelie@exemple.test", PASSWORD, browser=browser) == "/"


def test_a_browser_is_known_for_who_signed_in_with_it_alone(cast: Cast) -> None:
    browser = known_browser("karim")
    attacked("amelie")
    assert SLOWED in attempt("amelie", PASSWORD, browser=browser)


def test_two_people_share_a_known_browser(cast: Cast) -> None:
    browser = known_browser("karim")
    assert attempt("amelie", PASSWORD, browser=browser) == "/"
    attacked("amelie")
    attacked("karim")
    for login in ("amelie", "karim"):
        browser.post("/account/logout/")
        assert attempt(login, PASSWORD, browser=browser) == "/"


def test_the_mark_of_a_known_browser_cannot_be_forged_or_read_by_scripts(cast: Cast) -> None:
    browser = known_browser()
    cookie = browser.cookies["known_browser"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 400 * 86_400)
    attacked("amelie")
    browser.cookies["known_browser"] = cookie.value[:-1] + ("A" if cookie.value[-1] != "A" else "B")
    assert SLOWED in attempt("amelie", PASSWORD, browser=browser)


def test_a_browser_is_known_no_more_once_the_password_is_another(cast: Cast) -> None:
    browser = known_browser()
    cast.admin.set_password("another-password-entirely")
    cast.admin.save()
    attacked("amelie")
    assert SLOWED in attempt("amelie", "another-password-entirely", browser=browser)


def test_failures_in_a_known_browser_slow_it_alone(cast: Cast) -> None:
    browser, other = known_browser(), known_browser()
    pages = [attempt("amelie", browser=browser) for _n in range(8)]
    assert [SLOWED in page for page in pages] == [False] * 5 + [True] * 3
    assert attempt("amelie", PASSWORD, browser=other) == "/"
    assert attempt("amelie", PASSWORD) == "/"


def test_who_is_slowed_is_told_how_to_get_in(cast: Cast) -> None:
    attacked("amelie")
    page = attempt("amelie", PASSWORD)
    for way in ("dans un navigateur où vous vous êtes déjà connecté", "avec une clé d’accès", "par courriel</a>"):
        assert way in page
    assert 'href="/account/password/reset/"' in page


def test_a_name_that_nobody_has_is_slowed_in_the_same_words(cast: Cast) -> None:
    known = [attempt("amelie") for _n in range(6)]
    unknown = [attempt("nobody") for _n in range(6)]
    assert known == unknown
    assert SLOWED in unknown[-1]


def test_a_name_that_nobody_has_takes_the_same_statements(cast: Cast) -> None:
    def statements(login: str) -> list[int]:
        counted = []
        for _n in range(6):
            with CaptureQueriesContext(connection) as queries:
                attempt(login)
            counted.append(len(queries))
        return counted

    assert statements("amelie") == statements("nobody")


def test_slowing_one_name_does_not_tell_of_which_other_it_is_the_account(cast: Cast) -> None:
    attacked("amelie")
    assert SLOWED not in attempt("amelie@exemple.test")
    assert SLOWED not in attempt("karim@exemple.test")


@pytest.fixture
def behind_proxy(settings: Settings) -> None:
    """One that we were told of: addresses are the browsers'."""
    settings.TRUSTED_PROXIES = settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


@pytest.mark.usefixtures("behind_proxy")
def test_one_address_may_not_try_many_accounts(cast: Cast) -> None:
    browser = known_browser()
    where = {"X-Forwarded-For": "203.0.113.7"}
    pages = [attempt(f"nobody{n}", **where) for n in range(55)]
    assert [SLOWED in page for page in pages[:51]] == [False] * 51
    assert SLOWED in pages[-1]
    assert SLOWED not in attempt("nobody", **{"X-Forwarded-For": "203.0.113.8"})
    assert attempt("amelie", PASSWORD, browser=browser, **where) == "/"
    later(timedelta(minutes=1))
    assert attempt("amelie", PASSWORD, **where) == "/"


@pytest.mark.usefixtures("behind_proxy")
def test_a_network_of_64_bits_is_one_address(cast: Cast) -> None:
    pages = [attempt(f"nobody{n}", **{"X-Forwarded-For": f"2001:db8:1:2::{n:x}"}) for n in range(55)]
    assert SLOWED in pages[-1]
    assert SLOWED not in attempt("nobody", **{"X-Forwarded-For": "2001:db8:1:3::1"})


@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-For": "203.0.113.7"}])
def test_a_proxy_that_we_were_not_told_of_shuts_nobody_out(cast: Cast, headers: dict[str, str]) -> None:
    for n in range(60):
        assert SLOWED not in attempt(f"nobody{n}", **headers)
    assert attempt("amelie", PASSWORD, **headers) == "/"


def test_guessing_leaves_two_entries_a_period_in_the_audit_log(cast: Cast) -> None:
    attacked("amelie", 30)
    later(failures.PERIOD)
    failures.tell(now=utc_now())
    found = Entry.objects.filter(object_id=cast.admin.pk, verb__startswith="access.sign_in_").order_by("id")
    told = [(entry.verb, entry.details) for entry in found]
    assert sorted(told, key=str) == [
        (Verb.SIGN_IN_FAILED, {"attempts": 2}),
        (Verb.SIGN_IN_FAILED, {}),
        (Verb.SIGN_IN_REFUSED, {"attempts": 26}),
        (Verb.SIGN_IN_REFUSED, {}),
    ]
    assert {(entry.ip, entry.company_id) for entry in found} == {("127.0.0.1", cast.client.pk)}
    failures.tell(now=utc_now())
    assert found.all().count() == 4
    attempt("amelie")
    assert found.all().count() == 5


def test_guesses_at_many_names_are_counted_for_their_address(cast: Cast) -> None:
    for n in range(20):
        attempt(f"nobody{n}")
    later(failures.PERIOD)
    failures.tell(now=utc_now())
    found = Entry.objects.filter(verb=Verb.SIGN_IN_FAILED, company_id=cast.operator.pk).order_by("id")
    assert [(entry.details, entry.object_label) for entry in found] == [({}, ""), ({"attempts": 19}, "")]


def test_what_slows_nobody_any_more_is_removed(cast: Cast) -> None:
    attempt("amelie")
    throttle.clear_old(now=utc_now() + timedelta(minutes=59))
    assert Attempts.objects.count() == 1
    throttle.clear_old(now=utc_now() + timedelta(minutes=61))
    assert not Attempts.objects.exists()


def test_what_was_typed_is_not_kept(cast: Cast) -> None:
    attempt(PASSWORD)
    assert all(PASSWORD not in str(vars(row)) for model in (Attempts, Failures) for row in model.objects.all())


@pytest.mark.parametrize("login", ["AMELIE", " amelie ", "Amelie@Exemple.Test"])
def test_people_are_found_in_any_case(cast: Cast, login: str) -> None:
    cast.admin.email = "Amelie@Exemple.test"
    cast.admin.save(update_fields=["email"])
    assert person_called(login) == cast.admin
    assert attempt(login, PASSWORD) == "/"


def test_nobody_shuts_another_out_by_taking_their_address_as_a_username(cast: Cast) -> None:
    cast.agent.username = "amelie@exemple.test"
    cast.agent.save(update_fields=["username"])
    assert person_called("amelie@exemple.test") == cast.admin
