"""The pages of limits: who sets them for whom, what is refused, and how full they are."""

from __future__ import annotations

from typing import Any

import pytest

from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.tenancy.models import Company
from scopchat.tenancy.resources import Resource
from scopchat.tenancy.services import set_allowance
from tests.cast import PASSWORD, Cast
from tests.people import signed_in


def values(**changes: Any) -> dict[str, Any]:
    blank: dict[str, Any] = dict.fromkeys(Resource.values, "")
    return {**blank, **changes}


def limit(company: Company, **maxima: int) -> None:
    set_allowance(
        company=company, maxima={Resource(name): most for name, most in maxima.items()}, mass_sends=False, acting=None
    )


def fresh(company: Company) -> Company:
    found: Company = Company.objects.get(pk=company.pk)
    return found


@pytest.mark.parametrize("who", ["agent", "admin", "outsider_admin"])
def test_it_refuses_who_may_not(cast: Cast, who: str) -> None:
    assert signed_in(getattr(cast, who)).get(f"/companies/{cast.client.pk}/limits/").status_code == 403


def test_a_reseller_sets_none_for_itself_above_or_beside(cast: Cast) -> None:
    user = create_user(
        company=cast.l2, username="rene", email="r@exemple.test", display_name="René", role=Role.RESELLER_ADMIN,
        password=PASSWORD,
    )  # fmt: skip
    browser = signed_in(user)
    for company, status in ((cast.l2, 403), (cast.l1, 404), (cast.outsider, 404)):
        assert browser.post(f"/companies/{company.pk}/limits/", values(max_users=900)).status_code == status
    assert browser.post(f"/companies/{cast.client.pk}/limits/", values(max_users=900)).status_code == 302


def test_it_sets_limits_and_mass_sends(cast: Cast) -> None:
    browser = signed_in(cast.operator_admin)
    typed = values(max_users=8, max_segments_day=500, mass_sends="on")
    assert browser.post(f"/companies/{cast.distributor.pk}/limits/", typed).status_code == 302
    after = fresh(cast.distributor)
    assert (after.max_users, after.max_channels, after.max_segments_day, after.mass_sends) == (8, None, 500, True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"max_users": 4}, "Au moins 5"),
        ({"max_users": 40}, "Au plus 9"),
        ({"max_users": -1}, "0"),
        ({"mass_sends": "on"}, "ne permet pas les envois de masse"),
    ],
)
def test_it_refuses_with_the_number_and_keeps_what_was_typed(cast: Cast, wrong: dict[str, Any], words: str) -> None:
    limit(cast.l2, max_users=9)
    response = signed_in(cast.operator_admin).post(f"/companies/{cast.client.pk}/limits/", values(**wrong))
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert fresh(cast.client).max_users is None


def test_it_shows_how_full_limits_are_and_warns_from_80_percent(cast: Cast) -> None:
    limit(cast.client, max_users=6, max_channels=2)
    browser = signed_in(cast.operator_admin)
    page = browser.get(f"/companies/{cast.client.pk}/").content.decode()
    assert "5 / 6" in page
    assert "83\N{NO-BREAK SPACE}% de la limite est pris." in page
    assert "2 / 2" in page
    assert "La limite est atteinte." in page
    listed = browser.get("/companies/").content.decode()
    assert "5 / 6" in listed
    assert "usage-near" in listed
    assert "usage-full" in listed


def test_a_full_company_is_told_so_where_it_adds(cast: Cast) -> None:
    limit(cast.client, max_channels=2)
    response = signed_in(cast.admin).post(
        "/channels/add/",
        {
            "name": "Trois", "address": "514 555-0160", "provider": cast.provider.pk, "destination": "queue",
            "queue": cast.queue.pk, "throughput": 1,
        },
    )  # fmt: skip
    assert response.status_code == 422
    assert "La limite de 2 canaux est atteinte." in response.content.decode()
