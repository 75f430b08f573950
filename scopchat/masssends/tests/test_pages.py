"""The pages of mass sends, from writing one to its results."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import localtime

from scopchat.contacts.models import Contact
from scopchat.interactions.status import MessageStatus
from scopchat.masssends.audience import Audience
from scopchat.masssends.models import MassSend, SendState
from scopchat.masssends.tests.desk import NOON, confirmed, left, listed, number, prepare, prepared, settle, take
from tests.cast import Cast
from tests.html import flat
from tests.people import FRAGMENT, Browser, signed_in

pytestmark = pytest.mark.django_db


def filled(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {"channel": cast.channel_queue.pk, "text": "Bonjour", "closing": "Laurier. STOP", "quiet": "on", **fields}


def words(html: str) -> str:
    """Without tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def page(browser: Browser, mass_send: MassSend, **query: str) -> str:
    return flat(browser.get(f"/mass-sends/{mass_send.pk}/", query).content)


def test_one_is_written_checked_confirmed_and_followed(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    members = listed(cast, [1, 2], name="Julie")
    left(cast.channel_queue, 2)
    fields = filled(
        cast, title="Rappel", text="Allô {name|vous}", lists=[members.pk], numbers="514 555-0001\n514 555-0003, 12"
    )
    response = browser.post("/mass-sends/add/", fields)
    made = MassSend.objects.get()
    assert response.url.endswith(f"/mass-sends/{made.pk}/")
    assert "Choix des destinataires" in page(browser, made)
    prepare(made)
    shown = page(browser, made)
    for count in ("Destinataires choisis 4", "En double −1", "Désinscrits −1", "Recevront le texte 2", "Segments 2"):
        assert count in words(shown), count
    assert "1 numéro ne peut pas exister." in shown
    assert "Allô Julie" in shown
    assert "Allô vous" in shown
    browser.post(f"/mass-sends/{made.pk}/confirm/")
    made.refresh_from_db()
    assert (made.state, made.author, made.closing) == (SendState.SENDING, cast.admin, "Laurier. STOP")
    assert "Envoi en cours" in page(browser, made)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "Ce champ est obligatoire."),
        ({"text": "{name}"}, "« {name} » partirait tel quel."),
        ({"text": "x" * 901}, "901 caractères, au plus 900."),
        ({"closing": ""}, "Dites qui écrit et comment se désinscrire"),
        ({"everybody": ""}, "Choisissez les destinataires."),
        ({"starts_at": "demain"}, "Saisissez une date et une heure valides."),
        ({"pace": "0"}, "supérieure ou égale à 1"),
        ({"numbers": "1," * 10_001}, "Au plus 10000 numéros"),
    ],
)
def test_what_is_wrong_is_said_beside_it(cast: Cast, fields: dict[str, str], words: str) -> None:
    response = signed_in(cast.admin).post("/mass-sends/add/", filled(cast, **{"everybody": "on", **fields}))
    assert response.status_code == 422
    assert words in flat(response.content)
    assert not MassSend.objects.exists()


def test_one_needs_no_closing_where_somebody_says_why(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    browser.post("/mass-sends/add/", filled(cast, closing="", no_closing="Rappel de rendez-vous", everybody="on"))
    made = MassSend.objects.get()
    assert (made.closing, made.no_closing) == ("", "Rappel de rendez-vous")
    assert "Rappel de rendez-vous" in page(browser, made)


def test_it_is_changed_as_it_was_written(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    at = localtime(datetime(2027, 1, 5, 15, tzinfo=UTC))
    made = prepared(cast, Audience(numbers=(number(1),)), title="Un", starts_at=at, pace=30, closing="Laurier")
    form = flat(browser.get(f"/mass-sends/{made.pk}/edit/").content)
    for value in ('value="Un"', 'value="2027-01-05T10:00"', 'value="30"', number(1)):
        assert value in form, value
    browser.post(f"/mass-sends/{made.pk}/edit/", filled(cast, title="Deux", numbers=number(2)))
    made.refresh_from_db()
    assert (made.title, made.state, made.pace) == ("Deux", SendState.PREPARING, None)
    browser.post(f"/mass-sends/{made.pk}/discard/")
    assert not MassSend.objects.exists()


def test_a_send_under_way_is_paused_resumed_and_cancelled(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    made = confirmed(cast, Audience(numbers=(number(1), number(2))))
    take(cast.channel_queue, most=1)
    for verb, state in (("pause", "paused"), ("resume", "sending"), ("pause", "paused"), ("cancel", "cancelled")):
        browser.post(f"/mass-sends/{made.pk}/{verb}/")
        made.refresh_from_db()
        assert made.state == state
    assert "Annulés 1" in words(page(browser, made))
    response = browser.post(f"/mass-sends/{made.pk}/resume/", follow=True)
    assert "Cet envoi de masse a changé entre-temps." in flat(response.content)


def test_the_page_asks_again_while_something_changes(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    made = confirmed(cast, Audience(numbers=(number(1),)))
    asking = {"headers": {**FRAGMENT, "HX-Target": "div#progress"}}
    response = browser.get(f"/mass-sends/{made.pk}/", **asking)
    assert b"every 2s" in response.content
    assert "HX-Refresh" not in response.headers
    take(cast.channel_queue)
    response = browser.get(f"/mass-sends/{made.pk}/", **asking)
    assert response.headers["HX-Refresh"] == "true"


def test_recipients_are_found_by_what_became_of_them_and_by_whom_they_are(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    listed(cast, [1], name="Élodie Roy")
    left(cast.channel_queue, 4)
    made = confirmed(cast, Audience(numbers=tuple(map(number, range(1, 6)))))
    one, two, *_rest = take(cast.channel_queue, most=3)
    settle([one], MessageStatus.SENT)
    settle([two], MessageStatus.FAILED, reason="bad_number")
    expected = {
        "": "12345",
        "sent": "1",
        "failed": "2",
        "queued": "3",
        "opted_out": "4",
        "waiting": "5",
        "nonsense": "12345",
    }
    for outcome, places in expected.items():
        shown = page(browser, made, outcome=outcome)
        assert [place for place in "12345" if f"555-000{place}" in shown] == list(places), outcome
    assert "ce numéro ne peut pas recevoir de textos" in page(browser, made, outcome="failed")
    for typed in ("elodie", "514-555-0001", "0001"):
        shown = page(browser, made, q=typed)
        assert [place for place in "12345" if f"555-000{place}" in shown] == ["1"], typed


def test_recipients_go_on_a_page_at_a_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scopchat.masssends.results.PAGE", 2)
    made = confirmed(cast, Audience(numbers=tuple(map(number, range(5)))))
    browser, after, seen = signed_in(cast.admin), "", []
    for _page in range(3):
        query = {"after": after} if after else {}
        html = flat(browser.get(f"/mass-sends/{made.pk}/", query, headers=FRAGMENT).content)
        seen += [place for place in range(5) if f"555-000{place}" in html]
        after = html.partition('{"after":"')[2].partition('"')[0]
    assert (seen, after) == ([0, 1, 2, 3, 4], "")
    assert browser.get(f"/mass-sends/{made.pk}/", {"after": "x"}).status_code == 404


def test_the_list_is_narrowed_and_goes_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scopchat.masssends.views.PAGE", 2)
    for place, title in enumerate(("Été", "Hiver", "Automne")):
        made = prepared(cast, Audience(numbers=(number(1),)), title=title)
        MassSend.objects.filter(pk=made.pk).update(created_at=NOON + timedelta(minutes=place))
    browser = signed_in(cast.admin)
    titles = ("Été", "Hiver", "Automne")

    def shown(**query: str) -> list[str]:
        html = flat(browser.get("/mass-sends/", query).content)
        return [title for title in titles if title in html]

    assert shown() == ["Hiver", "Automne"]
    assert shown(q="ete") == ["Été"]
    assert shown(state="ended") == []
    assert shown(channel=str(cast.channel_user.pk)) == []


def test_the_page_costs_the_same_for_many(cast: Cast, django_assert_max_num_queries: Any) -> None:
    browser = signed_in(cast.admin)
    Contact.objects.create(company=cast.client, number=number(1), created_at=NOON, updated_at=NOON)
    made = confirmed(cast, Audience(numbers=tuple(map(number, range(40)))))
    settle(take(cast.channel_queue), MessageStatus.SENT)
    browser.get(f"/mass-sends/{made.pk}/")
    with django_assert_max_num_queries(9):
        browser.get(f"/mass-sends/{made.pk}/")
