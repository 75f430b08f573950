"""Too many failures close sign-in for an account, by whichever name, and tell nobody whether there is one."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client

from scopchat.accounts.lookup import person_called
from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from tests.cast import PASSWORD, Cast

LOCKED = "Trop de tentatives"
WRONG = "wrong-password"


def attempt(login: str, password: str = WRONG, *, ip: str = "192.0.2.1") -> str:
    """The page, or where it leads, after an attempt from an address."""
    answer = Client().post("/account/login/", {"login": login, "password": password}, REMOTE_ADDR=ip)
    page = re.sub(r'value="[^"]*"', "", answer.content.decode())
    return answer["Location"] if answer.status_code == 302 else page


def test_the_sixth_attempt_is_refused_even_with_the_right_password(cast: Cast) -> None:
    assert [LOCKED in attempt("amelie", ip=f"192.0.2.{n}") for n in range(5)] == [False] * 5
    assert LOCKED in attempt("amelie", PASSWORD)
    assert LOCKED in attempt("Amelie@exemple.test", PASSWORD)
    assert attempt("karim", PASSWORD) == "/"


def test_it_is_open_again_after_a_while(cast: Cast) -> None:
    for n in range(5):
        attempt("amelie", ip=f"192.0.2.{n}")
    cache.clear()
    assert attempt("amelie", PASSWORD) == "/"


def test_a_name_that_nobody_has_is_locked_in_the_same_words(cast: Cast) -> None:
    known = [attempt("amelie", ip=f"192.0.2.{n}") for n in range(6)]
    unknown = [attempt("nobody", ip=f"198.51.100.{n}") for n in range(6)]
    assert known == unknown
    assert LOCKED in unknown[-1]


def test_one_address_may_not_try_many_accounts(cast: Cast) -> None:
    assert [LOCKED in attempt(f"nobody{n}") for n in range(11)] == [False] * 10 + [True]


def test_refusals_are_recorded_beside_failures(cast: Cast) -> None:
    for n in range(6):
        attempt("amelie", ip=f"192.0.2.{n}")
    verbs = list(Entry.objects.filter(object_id=cast.admin.pk).order_by("id").values_list("verb", flat=True))
    assert verbs[-6:] == [Verb.SIGN_IN_FAILED] * 5 + [Verb.SIGN_IN_REFUSED]


@pytest.mark.parametrize("login", ["AMELIE", " amelie ", "Amelie@Exemple.Test"])
def test_people_are_found_in_any_case(cast: Cast, login: str) -> None:
    User.objects.filter(pk=cast.admin.pk).update(email="Amelie@Exemple.test")
    assert person_called(login) == cast.admin
    assert attempt(login, PASSWORD) == "/"


def test_nobody_shuts_another_out_by_taking_their_address_as_a_username(cast: Cast) -> None:
    User.objects.filter(pk=cast.agent.pk).update(username="amelie@exemple.test")
    assert person_called("amelie@exemple.test") == cast.admin
