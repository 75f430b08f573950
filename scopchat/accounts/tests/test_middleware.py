"""Each request in the person's language and zone, inside one company's scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import get_script_prefix
from django.utils import timezone, translation
from django_scopes import get_scope

from scopchat.accounts.middleware import PersonMiddleware
from scopchat.accounts.models import User
from scopchat.tenancy.models import Company
from tests.cast import Cast


@dataclass(frozen=True)
class Seen:
    """What a view finds around it."""

    company: Company | None
    language: str
    zone: str
    scope: Company | None
    prefix: str
    path: str
    answer: HttpResponse


def visit(user: User | AnonymousUser, *, path: str = "/", **headers: str) -> Seen:
    """A request through the middleware."""
    found: list[tuple[Any, ...]] = []

    def view(request: HttpRequest) -> HttpResponse:
        language, zone = translation.get_language(), timezone.get_current_timezone_name()
        company, in_scope = getattr(request, "company", None), get_scope().get("company")
        found.append((company, language, zone, in_scope, get_script_prefix(), request.path_info))
        return HttpResponse()

    request = RequestFactory().get(path, headers=headers)
    request.user = user
    answer = PersonMiddleware(view)(request)
    return Seen(*found[0], answer)


def test_a_stranger_has_no_company_and_no_scope(cast: Cast) -> None:
    seen = visit(AnonymousUser(), **{"Accept-Language": "en"})
    assert (seen.company, seen.scope, seen.language) == (None, None, "en")


@pytest.mark.parametrize("who", ["admin", "manager", "agent", "user"])
def test_a_person_is_in_the_scope_of_their_own_company(cast: Cast, who: str) -> None:
    seen = visit(getattr(cast, who))
    assert (seen.company, seen.scope) == (cast.client, cast.client)


def test_an_outsider_who_writes_another_company_into_the_address_stays_home(cast: Cast) -> None:
    seen = visit(cast.outsider_admin, path=f"/c/{cast.client.pk}/messages/")
    assert (seen.company, seen.scope, seen.prefix) == (cast.outsider, cast.outsider, f"/c/{cast.outsider.pk}/")


def test_the_operator_looks_at_the_company_in_the_address(cast: Cast) -> None:
    seen = visit(cast.operator_admin, path=f"/c/{cast.outsider.pk}/messages/")
    assert (seen.company, seen.scope) == (cast.outsider, cast.outsider)
    assert (seen.prefix, seen.path) == (f"/c/{cast.outsider.pk}/", "/messages/")


def test_language_is_the_persons_and_zone_the_companys(cast: Cast) -> None:
    cast.agent.language = "en"
    cast.agent.company.time_zone = "Europe/Paris"
    seen = visit(cast.agent, **{"Accept-Language": "fr"})
    assert (seen.language, seen.zone) == ("en", "Europe/Paris")


def test_nothing_of_a_request_stays_behind(cast: Cast) -> None:
    def around() -> tuple[Any, ...]:
        return (
            translation.get_language(),
            timezone.get_current_timezone_name(),
            get_script_prefix(),
            get_scope().get("company"),
        )

    before = around()
    visit(cast.agent)
    assert around() == before
    assert before[-1] is None


def test_pages_of_people_are_not_kept_by_browsers(cast: Cast) -> None:
    assert visit(cast.agent).answer["Cache-Control"] == "no-store"


def test_the_usual_zone_is_no_alias(cast: Cast) -> None:
    # America/Montreal is an old name, which newer systems leave out.
    assert cast.client.time_zone == "America/Toronto"
