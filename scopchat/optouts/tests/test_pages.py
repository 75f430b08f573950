"""The page of opt-outs: finding, adding, removing with and without a proof, and how each came about."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django_scopes import scope

from scopchat.contacts import undoing
from scopchat.contacts.models import Contact
from scopchat.contacts.services import Particulars, add_contact
from scopchat.optouts import views
from scopchat.optouts.by_hand import add_opt_out
from scopchat.optouts.models import OptOut
from scopchat.optouts.services import block, heed
from scopchat.optouts.tests.test_services import NOW, NUMBER, OTHER, said
from tests.cast import Cast
from tests.html import flat
from tests.people import FRAGMENT, Browser, signed_in

TEXTED, BY_HAND, BLOCKED, HEEDED = "514 555-0142", "514 555-0143", "450 555-0172", "418 555-0104"


@pytest.fixture
def left(cast: Cast) -> dict[str, int]:
    """One of each kind, the first of them first, by the number as pages show it."""
    channel = cast.channel_queue
    with scope(company=cast.client):
        for number, name in ((NUMBER, "Julie Tremblay"), ("+14185550104", "Nancy Fortin")):
            add_contact(company=cast.client, phone=number, particulars=Particulars(name=name), now=NOW)
        heed(said=[said(channel, "Arrêt")])
        by_hand(cast, OTHER, minutes=1)
        block(blocked=[(channel.company_id, channel.pk, "+14505550172", NOW + timedelta(minutes=2))])
        heed(said=[said(channel, "stop", number="+14185550104", minutes=3, blocks=True)])
        pks = dict(OptOut.objects.values_list("number", "pk"))
    shown = {TEXTED: NUMBER, BY_HAND: OTHER, BLOCKED: "+14505550172", HEEDED: "+14185550104"}
    return {number: pks[e164] for number, e164 in shown.items()}


def by_hand(cast: Cast, number: str, *, minutes: int = 0) -> None:
    at = NOW + timedelta(minutes=minutes)
    add_opt_out(channel=cast.channel_user, phone=number, note="Par téléphone", acting=cast.admin, now=at)


def rows(html: bytes) -> dict[str, str]:
    """What the table says in words, by number, in its order."""
    found = re.findall(r"<tr>(.*?)</tr>", flat(html).partition("<tbody")[2], re.DOTALL)
    wide = [re.sub(r'<small class="text-secondary narrow-only">.*?</small>', "", row) for row in found]
    words = [" ".join(unescape(re.sub(r"<[^>]+>", " ", row.replace("</bdi>", ""))).split()) for row in wide]
    return {re.sub(r" (?=\D)", "|", row).partition("|")[0]: row for row in words}


def numbers(html: bytes) -> list[str]:
    return [*rows(html)]


def numbers_left(cast: Cast) -> set[str]:
    with scope(company=cast.client):
        return {*OptOut.objects.values_list("number", flat=True)}


def test_it_says_of_each_who_where_since_when_and_how(cast: Cast, left: dict[str, int]) -> None:
    html = signed_in(cast.admin).get("/opt-outs/").content
    found = rows(html)
    assert [*found] == [HEEDED, BLOCKED, BY_HAND, TEXTED]
    for number, said_of_it in {
        HEEDED: "Nancy Fortin Accueil 23 nov. 2026, 9 h 03 STOP reçu bloqué Le fournisseur bloque tout texto",
        BLOCKED: "— Accueil 23 nov. 2026, 9 h 02 bloqué Le fournisseur bloque tout texto",
        BY_HAND: "— Marc 23 nov. 2026, 9 h 01 ajoutée Amélie Gagnon, Par téléphone",
        TEXTED: "Julie Tremblay Accueil 23 nov. 2026, 9 h 00 ARRET reçu —",
    }.items():
        assert said_of_it in found[number]
    assert "4 numéros" in flat(html)
    assert "Un message direct reste toujours possible." in flat(html)


def test_it_says_how_the_last_time_came_about(cast: Cast) -> None:
    channel = cast.channel_queue
    with scope(company=cast.client):
        for number, words in ((NUMBER, ("stop", "start", "arret")), (OTHER, ("stop", "start"))):
            heed(said=[said(channel, word, number=number, minutes=place) for place, word in enumerate(words)])
        block(blocked=[(channel.company_id, channel.pk, OTHER, NOW + timedelta(hours=1))])
    found = rows(signed_in(cast.admin).get("/opt-outs/").content)
    assert "ARRET reçu" in found[TEXTED]
    assert "STOP" not in found[BY_HAND]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("q=514 555-0142", [TEXTED]),
        ("q=(514) 555.0142", [TEXTED]),
        ("q=%2B1 514 555 0142", [TEXTED]),
        ("q=0172", [BLOCKED]),
        ("q=555", [HEEDED, BLOCKED, BY_HAND, TEXTED]),
        ("q=TREMBLAY julie", [TEXTED]),
        ("q=nobody", []),
        ("origin=texted", [HEEDED, TEXTED]),
        ("origin=by_hand", [BY_HAND]),
        ("origin=blocked", [HEEDED, BLOCKED]),
        ("origin=nonsense&channel=x", [HEEDED, BLOCKED, BY_HAND, TEXTED]),
        ("channel={marc}", [BY_HAND]),
        ("channel={marc}&origin=texted", []),
        ("q=%00'\"--%25_\\", [HEEDED, BLOCKED, BY_HAND, TEXTED]),
        ("q=" + "9" * 300, [HEEDED, BLOCKED, BY_HAND, TEXTED]),
    ],
)
def test_it_finds_by_number_contact_channel_and_origin(
    cast: Cast, left: dict[str, int], asked: str, expected: list[str]
) -> None:
    html = signed_in(cast.admin).get(f"/opt-outs/?{asked.format(marc=cast.channel_user.pk)}", headers=FRAGMENT).content
    assert numbers(html) == expected
    assert f"{len(expected)} numéro" in flat(html)


def test_a_deleted_contact_gives_its_number_no_name(cast: Cast, left: dict[str, int]) -> None:
    with scope(company=cast.client):
        Contact.objects.update(deleted_at=NOW)
    browser = signed_in(cast.admin)
    assert numbers(browser.get("/opt-outs/?q=tremblay").content) == []
    assert "Julie" not in browser.get("/opt-outs/").content.decode()


def test_it_goes_on_page_by_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    with scope(company=cast.client):
        for place in range(5):
            # Three of them in the same instant.
            by_hand(cast, f"+1514555{place:04d}", minutes=min(place, 2))
    browser = signed_in(cast.admin)
    found: list[str] = []
    address = "/opt-outs/"
    while address:
        html = browser.get(address).content
        found += re.findall(r"Historique du ([\d -]+)", html.decode())
        after = re.search(r'"after":"([^"]+)"', unescape(html.decode()))
        address = f"/opt-outs/?after={after[1]}" if after else ""
    assert found == [f"514 555-{place:04d}" for place in (4, 3, 2, 1, 0)]
    assert browser.get("/opt-outs/?after=x").status_code == 404


@pytest.mark.parametrize("many", [1, 40])
def test_it_asks_the_same_however_many_there_are(cast: Cast, many: int, django_assert_num_queries: Any) -> None:
    with scope(company=cast.client):
        for place in range(many):
            by_hand(cast, f"+1514555{place:04d}")
    browser = signed_in(cast.admin)
    browser.get("/opt-outs/")
    with django_assert_num_queries(6):
        browser.get("/opt-outs/", headers=FRAGMENT)


def test_one_is_added_by_the_form(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    assert "Canal de réception" in browser.get("/opt-outs/add/").content.decode()
    typed = {"channel": cast.channel_queue.pk, "phone": "(514) 555-0142", "note": "Par courriel"}
    answer = browser.post("/opt-outs/add/", typed, follow=True)
    assert "Ce numéro ne recevra plus les envois de masse de ce canal." in answer.content.decode()
    assert "ajoutée Amélie Gagnon, Par courriel" in rows(answer.content)[TEXTED]
    again = browser.post("/opt-outs/add/", typed, follow=True).content.decode()
    assert "Ce numéro était déjà désinscrit des envois de masse de ce canal." in again


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phone": "12"}, "Ce numéro ne peut pas exister."),
        ({"phone": ""}, "Ce champ est obligatoire."),
        ({"phone": "514 555-0142" * 5}, "40"),
        ({"phone": "514\x00"}, "caractère nul"),
        ({"channel": ""}, "Ce champ est obligatoire."),
        ({"channel": "{outsider}"}, "Sélectionnez un choix valide"),
        ({"note": "x" * 501}, "500"),
    ],
)
def test_what_is_typed_wrong_is_said_beside_it_and_kept(cast: Cast, changes: dict[str, str], words: str) -> None:
    typed = {"channel": str(cast.channel_queue.pk), "phone": "514 555-0142", "note": "Par <b>courriel</b>", **changes}
    typed = {name: value.format(outsider=cast.outsider_channel.pk) for name, value in typed.items()}
    answer = signed_in(cast.admin).post("/opt-outs/add/", typed)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert "<b>courriel" not in html
    assert numbers_left(cast) == set()


def token(html: bytes) -> str:
    found = re.search(r'"token":"([^"]+)"', unescape(html.decode()))
    assert found, html.decode()
    return found[1]


def test_what_was_added_by_hand_goes_at_once_and_comes_back(cast: Cast, left: dict[str, int]) -> None:
    browser = signed_in(cast.admin)
    where = {**FRAGMENT, "HX-Current-URL": "http://testserver/c/1/opt-outs/?q=514&origin="}
    answer = browser.post(f"/opt-outs/{left[BY_HAND]}/remove/", headers=where)
    assert "1 numéro </hx-partial>" in flat(answer.content)
    assert "Le 514 555-0143 recevra de nouveau les envois de masse du canal." in answer.content.decode()
    assert OTHER not in numbers_left(cast)
    undo = {"token": token(answer.content)}
    assert signed_in(cast.operator_admin).post(f"/c/{cast.client.pk}/opt-outs/bring-back/", undo).status_code == 409
    assert OTHER not in numbers_left(cast)
    assert browser.post("/opt-outs/bring-back/", undo, headers=FRAGMENT)["HX-Refresh"] == "true"
    html = browser.get("/opt-outs/").content
    assert "La désinscription est de retour." in html.decode()
    assert "ajoutée Amélie Gagnon, Par téléphone" in rows(html)[BY_HAND]


def test_it_is_too_late_to_undo_after_a_while(
    cast: Cast, left: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "UNDO_SECONDS", -1)
    browser = signed_in(cast.admin)
    undo = {"token": token(browser.post(f"/opt-outs/{left[BY_HAND]}/remove/", headers=FRAGMENT).content)}
    assert browser.post("/opt-outs/bring-back/", undo, headers=FRAGMENT).status_code == 409
    assert browser.post("/opt-outs/bring-back/", {"token": "x"}, headers=FRAGMENT).status_code == 409
    assert OTHER not in numbers_left(cast)


def test_without_scripts_it_goes_too(cast: Cast, left: dict[str, int]) -> None:
    html = signed_in(cast.admin).post(f"/opt-outs/{left[BY_HAND]}/remove/", follow=True).content
    assert "Le 514 555-0143 recevra de nouveau les envois de masse du canal." in html.decode()
    assert BY_HAND not in numbers(html)


def test_who_texted_is_removed_with_a_proof_alone(cast: Cast, left: dict[str, int]) -> None:
    browser, address = signed_in(cast.admin), f"/opt-outs/{left[TEXTED]}/remove/"
    assert "s’est désinscrit lui-même des envois de masse de «\u00a0Accueil\u00a0»" in flat(
        browser.get(address).content
    )
    for proof in ("", "   ", "x" * 501):
        assert browser.post(address, {"proof": proof}, headers=FRAGMENT).status_code == 422
    assert NUMBER in numbers_left(cast)
    answer = browser.post(address, {"proof": "Formulaire signé le 27"}, headers=FRAGMENT)
    assert answer["HX-Redirect"] == f"/c/{cast.client.pk}/opt-outs/"
    assert NUMBER not in numbers_left(cast)
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("number", [BLOCKED, HEEDED])
def test_what_a_carrier_blocks_is_not_offered_to_be_removed_and_stays(
    cast: Cast, left: dict[str, int], number: str
) -> None:
    browser, address = signed_in(cast.admin), f"/opt-outs/{left[number]}/remove/"
    assert address not in browser.get("/opt-outs/").content.decode()
    answer = browser.post(address, {"proof": "Formulaire signé le 27"}, headers=FRAGMENT)
    assert answer.status_code == 422
    assert "Seul le client peut lever le blocage, en envoyant START." in answer.content.decode()
    assert len(numbers_left(cast)) == 4


def test_its_history_says_who_when_and_by_which_word(cast: Cast, left: dict[str, int]) -> None:
    browser = signed_in(cast.admin)
    browser.post(f"/opt-outs/{left[TEXTED]}/remove/", {"proof": "Formulaire <signé>"}, headers=FRAGMENT)
    with scope(company=cast.client):
        heed(said=[said(cast.channel_queue, "stop", minutes=60)])
        block(blocked=[(cast.client.pk, cast.channel_queue.pk, NUMBER, NOW + timedelta(hours=2))])
        pk = OptOut.objects.get(number=NUMBER).pk
    told = texts(browser.get(f"/opt-outs/{pk}/history/").content)
    assert "Historique du 514 555-0142" in told
    in_order(told, "bloqué par le fournisseur", "STOP", "À la main : Amélie Gagnon", "ARRET")
    assert "Formulaire <signé>" in told


def texts(html: bytes) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", flat(html))).split())


def in_order(text: str, *parts: str) -> None:
    places = [text.index(part) for part in parts]
    assert places == sorted(places), text


@pytest.mark.parametrize("who", ["agent", "manager", "user"])
def test_other_roles_do_neither_see_nor_change_them(cast: Cast, left: dict[str, int], who: str) -> None:
    browser: Browser = signed_in(getattr(cast, who))
    assert browser.get("/opt-outs/").status_code == 403
    assert browser.post(f"/opt-outs/{left[BY_HAND]}/remove/").status_code == 403
    assert len(numbers_left(cast)) == 4


def test_another_company_has_its_own(cast: Cast, left: dict[str, int]) -> None:
    browser = signed_in(cast.outsider_admin)
    assert "Aucune désinscription" in browser.get("/opt-outs/").content.decode()
    for page in ("history", "remove"):
        assert browser.get(f"/opt-outs/{left[TEXTED]}/{page}/").status_code == 404
    token_ = token(signed_in(cast.admin).post(f"/opt-outs/{left[BY_HAND]}/remove/", headers=FRAGMENT).content)
    assert browser.post("/opt-outs/bring-back/", {"token": token_}).status_code == 409
