"""Canned replies: written by who may, found by any word, inserted with their fields filled in."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django_scopes import scope

from scopchat.audit.models import Entry
from scopchat.canned.models import CannedReply
from scopchat.canned.services import add_canned
from scopchat.interactions.tests.desk import conversation
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in

TEXTS = {
    "heures-ouverture": "Nous sommes ouverts de 8 h à 17 h.",
    "rendez-vous-confirmé": "Votre rendez-vous est confirmé. — {agent}, {company}",
    "renouvellement": "Votre renouvellement a été envoyé à la pharmacie.",
    "stationnement": "Le stationnement est gratuit dès l’ouverture.",
}


@pytest.fixture
def replies(cast: Cast) -> dict[str, CannedReply]:
    with scope(company=cast.client):
        found = {name: add_canned(company=cast.client, name=name, text=text) for name, text in TEXTS.items()}
    with scope(company=cast.outsider):
        add_canned(company=cast.outsider, name="renards", text="À d’autres.")
    return found


def names(html: bytes) -> list[str]:
    return re.findall(r"<strong>/(.*?)</strong>", unescape(html.decode()))


def test_one_is_written_changed_and_removed(cast: Cast) -> None:
    browser = signed_in(cast.manager)
    typed = {"name": "Heures  Ouverture", "text": " De 8 h à 17 h. "}
    assert browser.post("/canned-replies/add/", typed).status_code == 302
    with scope(company=cast.client):
        one = CannedReply.objects.get()
    assert (one.name, one.text) == ("heures-ouverture", "De 8 h à 17 h.")
    browser.post(f"/canned-replies/{one.pk}/", {"name": "heures", "text": "De 9 h à 17 h."})
    assert names(browser.get("/canned-replies/").content) == ["heures"]
    browser.post(f"/canned-replies/{one.pk}/remove/")
    assert names(browser.get("/canned-replies/").content) == []
    verbs = Entry.objects.filter(verb__startswith="canned.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["canned.added", "canned.changed", "canned.removed"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "heures-ouverture", "text": "x"}, "Une autre réponse rapide porte ce nom."),
        ({"name": "a/b", "text": "x"}, "Lettres, chiffres et traits d’union seulement."),
        ({"name": "a", "text": "Bonjour {prenom}"}, "Le champ {prenom} n’existe pas."),
        ({"name": "a", "text": "x" * 901}, "900"),
        ({"name": "x" * 41, "text": "x"}, "40"),
        ({"name": "", "text": ""}, "obligatoire"),
    ],
)
def test_what_makes_no_sense_is_refused(cast: Cast, replies: Any, typed: dict[str, str], words: str) -> None:
    answered = signed_in(cast.admin).post("/canned-replies/add/", typed)
    assert answered.status_code == 422
    assert words in unescape(answered.content.decode())


def test_the_list_is_searched_without_accents(cast: Cast, replies: Any) -> None:
    browser = signed_in(cast.admin)
    assert names(browser.get("/canned-replies/?q=CONFIRME", headers=FRAGMENT).content) == ["rendez-vous-confirmé"]
    assert names(browser.get("/canned-replies/?q=renards", headers=FRAGMENT).content) == []


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
def test_a_slash_offers_what_begins_so_and_then_what_says_so(
    cast: Cast, replies: Any, typed: str, found: list[str]
) -> None:
    made = conversation(cast.channel_queue, assignee=cast.agent)
    shown = signed_in(cast.agent).get(f"/messages/{made.pk}/canned/", {"q": typed})
    assert names(shown.content) == found


def test_fields_are_filled_in(cast: Cast, replies: Any) -> None:
    made = conversation(cast.channel_queue, assignee=cast.agent)
    shown = signed_in(cast.agent).get(f"/messages/{made.pk}/canned/?q=rendez").content.decode()
    assert f'data-text="Votre rendez-vous est confirmé. — {cast.agent.display_name}, Clinique Laurier"' in shown
    assert signed_in(cast.outsider_admin).get(f"/messages/{made.pk}/canned/").status_code == 404
