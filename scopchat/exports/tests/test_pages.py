"""The page of exports: one's own, and no longer than one may see what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scopchat.accounts.models import User
from scopchat.accounts.roles import Reach, Role
from scopchat.common.clock import utc_now
from scopchat.exports.tests.conftest import Ask, begun, now_is
from scopchat.exports.tests.made import made_export
from scopchat.exports.tests.numbers import NOW
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in


@pytest.fixture(autouse=True)
def here(folder: Path) -> None:
    """Files go to a folder of the test's."""


def test_the_file_is_downloaded_under_its_name(cast: Cast) -> None:
    export = made_export(cast.client, cast.admin)
    answer = signed_in(cast.admin).get(f"/exports/{export.pk}/download/")
    assert answer.streaming
    assert b"".join(answer.streaming_content) == b"Interaction\r\n"
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="interactions-2026-11-23-0900.csv"'
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("who", ["manager", "outsider_admin", "operator_admin"])
def test_others_do_not_find_it(cast: Cast, who: str) -> None:
    export = made_export(cast.client, cast.admin)
    browser = signed_in(getattr(cast, who))
    if who == "operator_admin":
        browser.look_at(cast.client)
    assert browser.get(f"/exports/{export.pk}/download/").status_code == 404
    assert browser.post(f"/exports/{export.pk}/give-up/").status_code == 404
    assert f"/exports/{export.pk}/" not in browser.get("/exports/").content.decode()
    assert now_is(export).file_name


@pytest.mark.parametrize(
    ("saw", "changes"),
    [
        ({"reach": Reach.COMPANY}, {"role": Role.AGENT}),
        ({"reach": Reach.MEMBER, "channels": [1], "queues": []}, {"role": Role.AGENT}),
    ],
)
def test_who_sees_less_than_is_in_it_does_not_get_it(cast: Cast, saw: Any, changes: Any) -> None:
    export = made_export(cast.client, cast.manager, saw=saw)
    browser = signed_in(cast.manager)
    assert browser.get(f"/exports/{export.pk}/download/").status_code == 200
    User.objects.filter(pk=cast.manager.pk).update(**changes)
    assert browser.get(f"/exports/{export.pk}/download/").status_code == 404
    assert "Vous ne voyez plus tout ce que contient ce fichier." in browser.get("/exports/").content.decode()


def test_who_enters_the_company_no_longer_loses_it(cast: Cast) -> None:
    export = made_export(cast.client, cast.operator_admin, saw={"reach": Reach.SUBTREE})
    browser = signed_in(cast.operator_admin)
    browser.look_at(cast.client)
    assert browser.get(f"/exports/{export.pk}/download/").status_code == 200
    User.objects.filter(pk=cast.operator_admin.pk).update(company=cast.l1, role=Role.COMPANY_ADMIN)
    assert browser.get(f"/exports/{export.pk}/download/").status_code == 404


@pytest.mark.parametrize("changes", [{"state": "running"}, {"state": "failed"}, {"file_name": ""}])
def test_what_is_not_done_or_gone_is_no_file(cast: Cast, changes: Any) -> None:
    export = made_export(cast.client, cast.admin, **changes)
    assert signed_in(cast.admin).get(f"/exports/{export.pk}/download/").status_code == 404


def test_a_file_that_is_lost_is_not_found(cast: Cast, folder: Path) -> None:
    export = made_export(cast.client, cast.admin)
    (folder / f"{export.pk}.csv").unlink()
    assert signed_in(cast.admin).get(f"/exports/{export.pk}/download/").status_code == 404


def test_the_page_asks_again_while_one_is_under_way_and_says_when_none_is(cast: Cast, ask: Ask) -> None:
    browser = signed_in(cast.admin)
    export = ask()
    assert "at most" not in (page := browser.get("/exports/").content.decode())
    assert "Démarre automatiquement" in page
    run = begun(export)
    run.step(now=NOW)
    page = browser.get("/exports/", headers=FRAGMENT).content.decode()
    assert "3 sur 7" in page
    assert 'hx-trigger="every 1s"' in page
    assert "<html" not in page
    while run.step(now=utc_now()):
        pass
    page = browser.get("/exports/", headers=FRAGMENT).content.decode()
    assert "hx-trigger" not in page
    assert f"/exports/{export.pk}/download/" in page
    assert 'hx-target="#exports-said"' in page


def test_cancelling_and_deleting_leads_back(cast: Cast, ask: Ask) -> None:
    browser, export = signed_in(cast.admin), ask()
    answer = browser.post(f"/exports/{export.pk}/give-up/")
    assert answer["Location"] == f"/c/{cast.client.pk}/exports/"
    assert now_is(export).state == "cancelled"
    assert "Annulé" in browser.get("/exports/").content.decode()


def test_it_asks_the_database_the_same_however_many_there_are(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for _number in range(8):
        made_export(cast.client, cast.agent)
    browser = signed_in(cast.agent)
    # Session, person with company; exports; what the person is a member of; whether there is a simulator.
    with django_assert_max_num_queries(6):
        browser.get("/exports/")
