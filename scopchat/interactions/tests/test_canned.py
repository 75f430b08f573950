"""Canned replies in a conversation: found by what is typed after a slash, inserted with their fields filled in."""

from __future__ import annotations

import pytest
from django_scopes import scope

from scopchat.canned.services import add_canned
from scopchat.canned.tests.test_pages import TEXTS, names
from scopchat.interactions.tests.desk import conversation
from tests.cast import Cast
from tests.people import signed_in


@pytest.fixture(autouse=True)
def replies(cast: Cast) -> None:
    with scope(company=cast.client):
        for name, text in TEXTS.items():
            add_canned(company=cast.client, name=name, text=text)
    with scope(company=cast.outsider):
        add_canned(company=cast.outsider, name="renards", text="À d’autres.")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["heures-ouverture", "rendez-vous-confirmé", "renouvellement", "stationnement"]),
        ("ren", ["rendez-vous-confirmé", "renouvellement"]),
        ("Confirme", ["rendez-vous-confirmé"]),
        ("ouvert", ["heures-ouverture", "stationnement"]),
        ("stat", ["stationnement"]),
        ("%", []),
        ("\0", ["heures-ouverture", "rendez-vous-confirmé", "renouvellement", "stationnement"]),
        ("zzz", []),
    ],
)
def test_a_slash_offers_what_begins_so_and_then_what_says_so(cast: Cast, typed: str, found: list[str]) -> None:
    made = conversation(cast.channel_queue, assignee=cast.agent)
    shown = signed_in(cast.agent).get(f"/messages/{made.pk}/canned/", {"q": typed})
    assert names(shown.content) == found


def test_fields_are_filled_in(cast: Cast) -> None:
    made = conversation(cast.channel_queue, assignee=cast.agent)
    shown = signed_in(cast.agent).get(f"/messages/{made.pk}/canned/?q=rendez").content.decode()
    assert f'data-insert="Votre rendez-vous est confirmé. — {cast.agent.display_name}, Clinique Laurier"' in shown
    assert signed_in(cast.outsider_admin).get(f"/messages/{made.pk}/canned/").status_code == 404
