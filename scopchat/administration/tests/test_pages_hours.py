"""Opening hours, and what happens when nobody is there, as administrators set them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django_scopes import scope

from scopchat.administration.hours import holidays_after, summary_of
from scopchat.audit.models import Entry
from scopchat.automation.models import Fallback, OpeningHours, ReplyTexts
from scopchat.automation.services.settings import Hours, create_hours
from tests.cast import Cast
from tests.people import signed_in

OFFICE = {f"{which}_{day}_0": at for day in range(5) for which, at in (("opens", "08:00"), ("closes", "17:00"))}
NONE = {"hours": "", "absence": "managers"}


@pytest.fixture
def admin(cast: Cast) -> Client:
    return signed_in(cast.admin)


def stored(cast: Cast) -> OpeningHours:
    with scope(company=cast.client):
        return OpeningHours.objects.get()


def office(cast: Cast, **values: Any) -> OpeningHours:
    with scope(company=cast.client):
        week = [[["08:00", "17:00"]]] * 5 + [[], []]
        return create_hours(company=cast.client, hours=Hours(**{"name": "Bureau", "week": week, **values}))


def test_hours_are_added_and_listed_in_words(cast: Cast, admin: Client) -> None:
    values = {**OFFICE, "opens_5_0": "10:00", "closes_5_0": "12:00", "opens_5_1": "13:00", "closes_5_1": "15:30"}
    answer = admin.post("/hours/add/", {**values, "name": "Bureau", "region": "CA-QC", "day_off": ["", "2026-12-24"]})
    assert answer.status_code == 302
    hours = stored(cast)
    assert hours.week == [[["08:00", "17:00"]]] * 5 + [[["10:00", "12:00"], ["13:00", "15:30"]], []]
    assert (hours.region, hours.days_off) == ("CA-QC", ["2026-12-24"])
    page = admin.get("/hours/").text
    assert "Lundi à vendredi, 8 h 00 à 17 h 00" in page
    assert "Samedi, 10 h 00 à 12 h 00, 13 h 00 à 15 h 30" in page


def test_the_form_shows_what_is_stored_and_the_next_holidays(cast: Cast, admin: Client) -> None:
    hours = office(cast, region="CA-QC", days_off=("2026-12-24",))
    page = admin.get(f"/hours/{hours.pk}/").text
    assert 'name="opens_4_0"\n            value="08:00"' in page
    assert 'value="2026-12-24"' in page
    assert "Jour de Noël" in page
    assert holidays_after("CA-QC", date(2026, 12, 1))[0] == (date(2026, 12, 25), "Jour de Noël")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "Ce champ est obligatoire."),
        ({"opens_6_0": "10:00"}, "Indiquez l’ouverture et la fermeture, ou laissez les deux vides."),
        ({"opens_0_1": "16:00", "closes_0_1": "18:00"}, "Ces deux plages se chevauchent."),
        ({"opens_0_0": "25:00"}, "Saisissez une heure valide."),
        ({"day_off": "2026-02-30"}, "« 2026-02-30 » n’est pas une date."),
        ({"region": "US-NY"}, "Sélectionnez un choix valide."),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(
    cast: Cast, admin: Client, values: dict[str, str], words: str
) -> None:
    answer = admin.post("/hours/add/", {**OFFICE, "name": "Bureau", "region": "", **values})
    assert answer.status_code == 422
    assert words in answer.text
    with scope(company=cast.client):
        assert not OpeningHours.objects.exists()


def test_two_hours_have_two_names(cast: Cast, admin: Client) -> None:
    office(cast)
    answer = admin.post("/hours/add/", {**OFFICE, "name": "Bureau", "region": ""})
    assert answer.status_code == 422
    assert "D’autres heures d’ouverture portent ce nom." in answer.text


def test_hours_that_a_channel_follows_are_not_deleted(cast: Cast, admin: Client) -> None:
    hours = office(cast)
    path = f"/channels/{cast.channel_queue.pk}/nobody-there/"
    assert admin.post(path, {**NONE, "hours": hours.pk, "closed_reply": "Fermé."}).status_code == 302
    answer = admin.post(f"/hours/{hours.pk}/delete/", follow=True)
    assert "1 canal ou file utilise ces heures" in answer.text
    assert stored(cast) == hours
    admin.post(path, NONE)
    admin.post(f"/hours/{hours.pk}/delete/")
    with scope(company=cast.client):
        assert not OpeningHours.objects.exists()
    verbs = Entry.objects.filter(company_id=cast.client.pk, verb__regex="hours|fallback").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "hours.created", "channel.fallback_changed", "channel.fallback_changed", "hours.deleted",
    ]  # fmt: skip


def test_a_channel_is_told_what_to_do_and_say(cast: Cast, admin: Client) -> None:
    hours = office(cast)
    path = f"/channels/{cast.channel_queue.pk}/nobody-there/"
    values = {
        "hours": hours.pk,
        "closed_reply": "Nous sommes fermés.",
        "nobody_reply": "",
        "escalate_after": "15",
        "close_after": "48",
        "absent_after": "10",
        "absence": "members",
        "closing_text": "Désolés.",
        "left": "Au revoir!",
    }
    answer = admin.post(path, values, follow=True)
    assert "Les modifications sont enregistrées." in answer.text
    with scope(company=cast.client):
        fallback = Fallback.objects.get(channel=cast.channel_queue)
        assert ReplyTexts.objects.get(channel=cast.channel_queue).left == "Au revoir!"
    found = (fallback.hours, fallback.closed_reply, fallback.escalate_after, fallback.close_after)
    assert found == (hours, "Nous sommes fermés.", 15, 48)
    assert (fallback.absent_after, fallback.absence, fallback.closing_text) == (10, "members", "Désolés.")
    page = admin.get(path).text
    assert "Nous sommes fermés." in page
    assert "Au revoir!" in page


def test_a_queue_has_no_words_for_keywords_and_a_channel_of_it_says_what_it_replaces(cast: Cast, admin: Client) -> None:
    path = f"/queues/{cast.queue.pk}/nobody-there/"
    assert "ARRET" not in admin.get(path).text
    assert admin.post(path, {**NONE, "escalate_after": "30"}).status_code == 302
    with scope(company=cast.client):
        assert Fallback.objects.get(queue=cast.queue).escalate_after == 30
    page = admin.get(f"/channels/{cast.channel_queue.pk}/nobody-there/").text
    assert "Ces réglages remplacent ceux de la file Accueil." in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"closed_reply": "Fermé."}, "Sans heures d’ouverture, ce n’est jamais fermé."),
        ({"escalate_after": "0"}, "supérieure ou égale à 1"),
        ({"nobody_reply": "x" * 901}, "au plus 900"),
        ({"absence": "nobody"}, "Sélectionnez un choix valide."),
    ],
)
def test_a_fallback_that_cannot_be_is_refused(cast: Cast, admin: Client, values: dict[str, str], words: str) -> None:
    answer = admin.post(f"/queues/{cast.queue.pk}/nobody-there/", {**NONE, **values})
    assert answer.status_code == 422
    assert words in answer.text
    with scope(company=cast.client):
        assert not Fallback.objects.exists()


def test_days_with_other_hours_have_their_own_line(cast: Cast) -> None:
    hours = OpeningHours(week=[[["08:00", "17:00"]], [["08:00", "17:00"]], [["09:00", "12:00"]], [], [], [], []])
    assert summary_of(hours) == ["Lundi et mardi, 8 h 00 à 17 h 00", "Mercredi, 9 h 00 à 12 h 00"]
    assert summary_of(OpeningHours(week=[[]] * 7)) == ["Toujours fermé"]
