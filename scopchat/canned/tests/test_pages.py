"""Canned replies: written by who may, found by any word."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django_scopes import scope

from scopchat.audit.models import Entry
from scopchat.canned.models import CannedReply
from scopchat.canned.services import add_canned
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
