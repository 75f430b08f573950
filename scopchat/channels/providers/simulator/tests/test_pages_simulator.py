"""The page of toy phones."""

from __future__ import annotations

import pytest
from django_scopes import scope

from scopchat.channels.models import Channel
from scopchat.channels.providers.simulator.models import Outcome, SimulatedPhone, SimulatedText
from scopchat.channels.providers.simulator.services import carry, set_behaviour
from scopchat.common.clock import utc_now
from tests.cast import Cast
from tests.html import flat
from tests.people import FRAGMENT, signed_in


@pytest.fixture
def toy(cast: Cast) -> SimulatedPhone:
    with scope(company=cast.client):
        return set_behaviour(company=cast.client, phone="514 555-0142", behaviour={})


@pytest.mark.parametrize("who", ["agent", "manager", "user"])
def test_it_refuses_who_may_not(cast: Cast, who: str) -> None:
    assert signed_in(getattr(cast, who)).get("/simulator/").status_code == 403


@pytest.mark.parametrize("who", ["admin", "operator_admin"])
def test_without_a_simulator_channel_it_says_how_to_have_one(cast: Cast, who: str) -> None:
    with scope(company=cast.client):
        Channel.objects.update(is_active=False)
    response = signed_in(getattr(cast, who)).get("/simulator/")

    assert response.status_code == 200
    assert "Cette société n’a aucun canal simulé" in response.content.decode()
    assert b'name="number"' not in response.content


def test_every_phone_is_found_by_its_number_or_by_going_on(cast: Cast) -> None:
    with scope(company=cast.client):
        for n in range(30):
            set_behaviour(company=cast.client, phone=f"514 555-02{n:02}", behaviour={})
    admin = signed_in(cast.admin)

    first = admin.get("/simulator/").content.decode()
    assert (first.count("<article"), "514 555-0200" in first) == (24, False)
    assert 'href="?shown=48"' in first
    whole = admin.get("/simulator/?shown=48").content.decode()
    assert (whole.count("<article"), "shown=" in whole) == (30, False)
    found = admin.get("/simulator/?q=555-0200", headers=FRAGMENT).content.decode()
    assert (found.count("<article"), "514 555-0200" in found) == (1, True)
    assert "Aucun téléphone n’a ce numéro" in admin.get("/simulator/?q=999").content.decode()


def test_a_text_that_the_carrier_fails_never_shows_on_the_phone(cast: Cast) -> None:
    with scope(company=cast.client):
        for number, outcome in (("+15145550142", Outcome.DELIVER), ("+15145550143", Outcome.FAIL)):
            set_behaviour(company=cast.client, phone=number, behaviour={"outcome": outcome})
    for number in ("+15145550142", "+15145550143"):
        carry(
            provider=cast.provider, channel_address=cast.channel_queue.address, number=number, text=f"Pour {number}",
            media_urls=[], reference="1.1", now=utc_now(),
        )  # fmt: skip

    html = signed_in(cast.admin).get("/simulator/").content.decode()
    assert "Pour +15145550142" in html
    assert "Pour +15145550143" not in html


@pytest.mark.parametrize("action", ["text", "behaviour"])
def test_it_answers_404_to_the_outsider(cast: Cast, toy: SimulatedPhone, action: str) -> None:
    values = {"channel": cast.outsider_channel.pk, "text": "x", "outcome": "fail", "delay_seconds": 0}
    assert signed_in(cast.outsider_admin).post(f"/simulator/{toy.pk}/{action}/", values).status_code == 404


def test_it_shows_the_outsider_no_phone(cast: Cast, toy: SimulatedPhone) -> None:
    assert b"514 555-0142</strong>" not in signed_in(cast.outsider_admin).get("/simulator/").content


def test_it_adds_a_phone(cast: Cast) -> None:
    html = signed_in(cast.admin).post("/simulator/", {"number": "514 555-0150"}, follow=True).content
    assert b"514 555-0150</strong>" in html


def test_it_refuses_a_number_that_cannot_exist(cast: Cast) -> None:
    response = signed_in(cast.admin).post("/simulator/", {"number": "123"})
    assert response.status_code == 422
    assert "Ce numéro ne peut pas exister." in response.content.decode()


def test_it_texts_a_channel(cast: Cast, toy: SimulatedPhone) -> None:
    values = {"channel": cast.channel_queue.pk, "text": "Bonjour <b>"}
    response = signed_in(cast.admin).post(f"/simulator/{toy.pk}/text/", values, headers=FRAGMENT)
    assert b"Bonjour &lt;b&gt;" in response.content
    with scope(company=cast.client):
        assert SimulatedText.objects.get().channel_address == "+14385550101"


def test_it_texts_no_channel_of_another_company(cast: Cast, toy: SimulatedPhone) -> None:
    values = {"channel": cast.outsider_channel.pk, "text": "Bonjour"}
    signed_in(cast.admin).post(f"/simulator/{toy.pk}/text/", values, headers=FRAGMENT)
    with scope(company=cast.client):
        assert not SimulatedText.objects.exists()


def test_it_sets_what_becomes_of_texts(cast: Cast, toy: SimulatedPhone) -> None:
    values = {"outcome": "fail", "delay_seconds": 5, "duplicate": "on"}
    html = flat(signed_in(cast.admin).post(f"/simulator/{toy.pk}/behaviour/", values, headers=FRAGMENT).content)
    with scope(company=cast.client):
        toy.refresh_from_db()
    assert (toy.outcome, toy.delay_seconds, toy.duplicate, toy.reorder) == (Outcome.FAIL, 5, True, False)
    assert "Accepté, puis échec · 5 s" in html


def test_it_ignores_a_behaviour_that_does_not_exist(cast: Cast, toy: SimulatedPhone) -> None:
    values = {"outcome": "explode", "delay_seconds": 601}
    signed_in(cast.admin).post(f"/simulator/{toy.pk}/behaviour/", values, headers=FRAGMENT)
    with scope(company=cast.client):
        toy.refresh_from_db()
    assert toy.outcome == Outcome.DELIVER
