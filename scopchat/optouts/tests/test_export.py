"""Opt-outs as a file: what the filter of their page finds, as text that no spreadsheet runs."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.contacts.services import Particulars, add_contact
from scopchat.exports.models import Export, Trouble
from scopchat.exports.running import begin
from scopchat.optouts import export
from scopchat.optouts.by_hand import add_opt_out
from scopchat.optouts.services import block, heed
from scopchat.optouts.tests.test_services import NOW, NUMBER, OTHER, said
from tests.cast import Cast
from tests.people import FRAGMENT, Browser, signed_in


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def left(cast: Cast) -> None:
    """Who texted and is blocked, who was added by hand with dangerous words, and who only the carrier spoke of."""
    with scope(company=cast.client):
        channel = cast.channel_queue
        add_contact(company=cast.client, phone=NUMBER, particulars=Particulars(name="=HYPERLINK(1)"), now=NOW)
        # The second left and came back before the carrier spoke of it.
        heed(said=[said(channel, "Arrêt"), *(said(channel, word, number="+14505550172") for word in ("stop", "start"))])
        blocked = [("+14505550172", 2), (NUMBER, 3)]
        block(blocked=[(cast.client.pk, channel.pk, number, NOW + timedelta(hours=h)) for number, h in blocked])
        at = NOW + timedelta(hours=1)
        add_opt_out(channel=cast.channel_user, phone=OTHER, note='@SUM(1), "dit-elle"', acting=cast.admin, now=at)


def asked(browser: Browser, **filter_: str) -> Export:
    """The export that the page's button asks for."""
    answer = browser.post("/opt-outs/export/", filter_, headers=FRAGMENT)
    assert answer["HX-Redirect"].endswith("/exports/"), answer.content.decode()
    with scope(company=browser.company_id):
        return Export.objects.order_by("pk").last()


def written(one: Export) -> None:
    run = begin(one.company_id, one.pk, now=NOW)
    while run and run.step(now=NOW):
        pass


def taken(browser: Browser, **filter_: str) -> list[list[str]]:
    """The lines of the file, as a spreadsheet reads them."""
    one = asked(browser, **filter_)
    written(one)
    content = b"".join(browser.get(f"/exports/{one.pk}/download/").streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(content, newline="")))


@pytest.mark.usefixtures("left")
@pytest.mark.parametrize("at_a_time", [1, 500])
def test_each_is_a_line_with_all_that_is_known_of_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    monkeypatch.setattr(export, "AT_A_TIME", at_a_time)
    of_queue, day = ("Accueil", "'+14385550101"), "2026-11-23T"
    assert taken(signed_in(cast.admin)) == [
        ["Numéro", "Contact", "Canal", "Numéro du canal", "Depuis", "Comment", "Mot reçu", "Personne", "Précision",
         "Bloqué depuis"],
        ["'+14505550172", "", *of_queue, f"{day}11:00:00-05:00", "bloqué par le fournisseur", "", "", "",
         f"{day}11:00:00-05:00"],
        ["'+15145550143", "", "Marc", "'+14385550102", f"{day}10:00:00-05:00", "ajoutée à la main", "",
         "Amélie Gagnon", "'@SUM(1), \"dit-elle\"", ""],
        ["'+15145550142", "'=HYPERLINK(1)", *of_queue, f"{day}09:00:00-05:00", "par texto du client", "ARRET", "", "",
         f"{day}12:00:00-05:00"],
    ]  # fmt: skip


@pytest.mark.usefixtures("left")
@pytest.mark.parametrize(
    ("filter_", "found", "words"),
    [
        ({"q": "514 555-0142"}, ["'+15145550142"], ["Nom ou numéro : 514 555-0142"]),
        ({"origin": "by_hand"}, ["'+15145550143"], ["Comment : ajoutée à la main"]),
        ({"origin": "blocked", "channel": "{0}"}, ["'+14505550172", "'+15145550142"],
         ["Canal : Accueil", "Comment : bloqué par le fournisseur"]),
        ({"q": "personne"}, [], ["Nom ou numéro : personne"]),
    ],
)  # fmt: skip
def test_it_holds_what_the_page_shows(cast: Cast, filter_: dict[str, str], found: list[str], words: list[str]) -> None:
    filter_ = {name: value.format(cast.channel_queue.pk) for name, value in filter_.items()}
    browser = signed_in(cast.admin)
    assert [line[0] for line in taken(browser, **filter_)[1:]] == found
    with scope(company=cast.client):
        assert Export.objects.get().words == words


@pytest.mark.usefixtures("left")
def test_another_company_takes_its_own(cast: Cast) -> None:
    assert len(taken(signed_in(cast.outsider_admin))) == 1


@pytest.mark.parametrize("filter_", [{"channel": "{outsider}"}, {"origin": "nonsense"}, {"q": "x" * 101}])
def test_a_filter_of_nonsense_is_refused_rather_than_dropped(cast: Cast, filter_: dict[str, str]) -> None:
    typed = {name: value.format(outsider=cast.outsider_channel.pk) for name, value in filter_.items()}
    answer = signed_in(cast.admin).post("/opt-outs/export/", typed, headers=FRAGMENT)
    assert answer.status_code == 422
    with scope(company=cast.client):
        assert not Export.objects.exists()


@pytest.mark.usefixtures("left")
@pytest.mark.parametrize("narrows", [{"channel": "987654321"}, {"list": "1"}])
def test_it_ends_where_what_it_is_narrowed_to_is_gone(cast: Cast, narrows: dict[str, str]) -> None:
    one = asked(signed_in(cast.admin), channel=str(cast.channel_user.pk))
    with scope(company=cast.client):
        Export.objects.update(asked=narrows)
    written(one)
    with scope(company=cast.client):
        assert Export.objects.get().trouble == Trouble.GONE


@pytest.mark.usefixtures("left")
def test_it_ends_where_the_person_may_no_more(cast: Cast) -> None:
    one = asked(signed_in(cast.admin))
    User.objects.filter(pk=cast.admin.pk).update(role=Role.AGENT)
    written(one)
    with scope(company=cast.client):
        assert not Export.objects.get().file_name
