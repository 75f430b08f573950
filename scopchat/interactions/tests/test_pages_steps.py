"""The operations as pages offer them: the buttons, the row's menu, the dialogs, and undoing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.core import signing
from django_scopes import scope, scopes_disabled

from scopchat.accounts.models import User
from scopchat.interactions import acting, pages
from scopchat.interactions.models import Interaction
from scopchat.interactions.pauses import moments
from scopchat.interactions.services import receive
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.interactions.tests.test_pages_actions import fresh, post
from scopchat.interactions.tests.test_receive import LATER, arrival
from scopchat.queues.models import Queue
from tests.cast import Cast
from tests.people import signed_in

TOKEN = re.compile(r'"token":"([^"]+)"')


def offered(user: User, interaction: Interaction) -> list[str]:
    """The operations that the row's menu names."""
    html = signed_in(user).get(f"/messages/{interaction.pk}/menu/").content.decode()
    return re.findall(r'id="menu-(\w+)"', html)


def test_the_menu_offers_what_the_person_may_do_and_nothing_else(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    assert offered(cast.agent, made) == ["contact", "details"]
    assert offered(cast.manager, made) == ["acknowledge", "take", "transfer", "pause", "contact", "details", "close"]
    given = conversation(cast.channel_queue, "+15145550143", assignee=cast.agent, offered_at=NOW)
    assert offered(cast.agent, given) == [
        "acknowledge",
        "take",
        "transfer",
        "pause",
        "release",
        "contact",
        "details",
        "close",
    ]
    assert "recover" in offered(cast.manager, given)
    released = conversation(cast.channel_queue, "+15145550144", released_by=cast.agent2)
    assert offered(cast.agent, released) == ["take", "contact", "details"]
    paused = conversation(cast.channel_queue, "+15145550145", status=InteractionStatus.PAUSED, waiting_since=None)
    assert offered(cast.admin, paused) == ["take", "transfer", "resume", "contact", "details", "close"]
    closed = conversation(cast.channel_queue, "+15145550146", status=InteractionStatus.CLOSED)
    assert offered(cast.admin, closed) == ["contact", "details", "reopen"]
    conversation(cast.channel_queue, "+15145550146")
    assert offered(cast.admin, closed) == ["contact", "details"]


def test_the_outsider_sees_no_menu(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    assert signed_in(cast.outsider_admin).get(f"/messages/{made.pk}/menu/").status_code == 404


def test_what_is_given_stands_in_red_in_the_row_and_in_the_thread(cast: Cast) -> None:
    made = conversation(cast.channel_queue, assignee=cast.agent, offered_at=NOW)
    html = signed_in(cast.manager).get(f"/messages/{made.pk}/").content.decode()
    assert "À prendre · Sophie Roy" in html
    assert "<strong>À prendre</strong> par Sophie Roy." in html
    assert "Cette conversation vous a été transférée." in signed_in(cast.agent).get(f"/messages/{made.pk}/").text


def test_the_dialog_offers_colleagues_who_can_answer_and_other_queues(cast: Cast) -> None:
    with scope(company=cast.client):
        Queue.objects.create(company=cast.client, name="Facturation")
    made = conversation(cast.channel_queue, assignee=cast.agent)
    html = signed_in(cast.admin).get(f"/messages/{made.pk}/transfer/").text
    assert re.findall(r'data-name="([^"]+)"', html) == [
        "Amélie Gagnon", "Karim Haddad", "Linh Nguyen", "Marc Bouchard", "Facturation",
    ]  # fmt: skip
    assert "personne de présent" in html
    # An agent sees the people of their queue, and who leads; not a user of another channel.
    assert "Marc Bouchard" not in signed_in(cast.agent).get(f"/messages/{made.pk}/transfer/").text


def test_a_conversation_is_given_to_a_queue(cast: Cast) -> None:
    with scope(company=cast.client):
        billing = Queue.objects.create(company=cast.client, name="Facturation")
    made = conversation(cast.channel_queue, assignee=cast.agent)
    html = post(cast.agent, f"/messages/{made.pk}/transfer/", to=f"queue-{billing.pk}").content.decode()
    assert "Transférée à Facturation" in html
    with scope(company=cast.client):
        assert Interaction.objects.get(pk=made.pk).queue == billing


def test_a_note_is_no_text_and_stands_in_the_thread(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    key = "0b7f7ff7-2bd1-4c8e-a5a3-0d9c3b9d3d53"
    html = post(cast.admin, f"/messages/{made.pk}/reply/", text="Ne pas <b>rappeler</b>", key=key, is_note="yes").text
    assert "Note interne" in html
    assert "Ne pas &lt;b&gt;rappeler&lt;/b&gt;" in html
    assert fresh(made).status == "waiting"
    with scope(company=cast.client):
        assert made.messages.count() == 1
    too_long = post(cast.admin, f"/messages/{made.pk}/reply/", text="x" * 901, key=key, is_note="yes")
    assert too_long.status_code == 422


def test_it_pauses_until_a_chosen_moment_in_the_companys_time(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    html = post(
        cast.admin, f"/messages/{made.pk}/pause/", until="pick", date="2036-01-15", time="13:30"
    ).content.decode()
    assert fresh(made).wake_at == datetime(2036, 1, 15, 18, 30, tzinfo=UTC)
    assert "En pause jusqu’au 15 janvier 2036, 13 h 30" in unescape(html)


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"until": "never"}, {"until": "pick"}, {"until": "pick", "date": "2036-02-30", "time": "9:00"},
        {"until": "pick", "date": "2020-01-01", "time": "9:00"},
        {"until": "pick", "date": "9999-12-31", "time": "23:59"},
    ],
)  # fmt: skip
def test_a_moment_that_makes_no_sense_is_refused_and_the_dialog_stays(cast: Cast, wrong: dict[str, str]) -> None:
    made = conversation(cast.channel_queue)
    response = post(cast.admin, f"/messages/{made.pk}/pause/", **wrong)
    assert response.status_code in ({200, 422} if not wrong else {422})
    assert fresh(made).status == "waiting"


def at(day: int, hour: int) -> list[tuple[str, datetime | None]]:
    return [(one.key, one.at and one.at.astimezone(UTC)) for one in moments(datetime(2026, 11, day, hour, tzinfo=UTC))]


def test_the_moments_offered_are_all_to_come(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    friday = datetime(2026, 11, 27, 17, tzinfo=UTC)
    saturday, monday = datetime(2026, 11, 28, 9, tzinfo=UTC), datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert at(27, 10) == [("tonight", friday), ("tomorrow", saturday), ("monday", monday), ("open", None)]
    assert at(27, 17) == [("tomorrow", saturday), ("monday", monday), ("open", None)]
    # On a Sunday tomorrow is Monday.
    assert at(29, 18) == [("tomorrow", monday), ("open", None)]


def closed_with_token(cast: Cast) -> tuple[Interaction, str]:
    made = conversation(cast.channel_queue, assignee=cast.agent)
    html = post(cast.agent, f"/messages/{made.pk}/close/").content.decode()
    found = TOKEN.search(unescape(html))
    assert found
    return made, found[1]


def test_what_one_closed_is_open_again_after_undoing(cast: Cast) -> None:
    made, token = closed_with_token(cast)
    assert fresh(made).status == "closed"
    assert "C’est annulé" in post(cast.agent, "/messages/undo/", token=token, elsewhere="yes").content.decode()
    assert (fresh(made).status, fresh(made).closed_at, fresh(made).assignee) == ("waiting", None, cast.agent)
    again = post(cast.agent, "/messages/undo/", token=token, elsewhere="yes")
    assert again.status_code == 409


def test_nobody_undoes_what_another_did_or_with_what_they_made_up(cast: Cast) -> None:
    made, token = closed_with_token(cast)
    made_up = signing.dumps([cast.admin.pk, made.pk, {}], salt="another")
    for who, what in ((cast.admin, token), (cast.agent, made_up), (cast.agent, ""), (cast.agent, "\x00é")):
        assert post(who, "/messages/undo/", token=what).status_code == 409
    assert fresh(made).status == "closed"


def test_it_is_too_late_after_a_while(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made, token = closed_with_token(cast)
    monkeypatch.setattr(acting, "UNDO_SECONDS", -1)
    html = post(cast.agent, "/messages/undo/", token=token).content.decode()
    assert "Il est trop tard pour annuler." in html
    assert fresh(made).status == "closed"


def test_from_the_rows_menu_the_open_thread_is_left_alone(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    html = post(cast.admin, f"/messages/{made.pk}/acknowledge/", elsewhere="yes").content.decode()
    assert "thread-head" not in html
    assert "lecture confirmée" in html


def test_undoing_forgets_no_text_that_came_while_the_page_was_answered(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = conversation(cast.channel_queue, status=InteractionStatus.OPEN, unread=0, waiting_since=None)

    def read_and_then_a_text_comes(request: Any, pk: int) -> Interaction:
        found = visible(request, pk)
        with scopes_disabled():
            receive.receive(arrivals=[arrival(cast.channel_queue, "Encore moi", sender=made.customer)], now=LATER)
        return found

    visible = pages.visible
    monkeypatch.setattr(pages, "visible", read_and_then_a_text_comes)
    found = TOKEN.search(unescape(post(cast.admin, f"/messages/{made.pk}/close/", elsewhere="yes").text))
    assert found
    monkeypatch.setattr(pages, "visible", visible)
    post(cast.admin, "/messages/undo/", token=found[1], elsewhere="yes")
    after = fresh(made)
    assert (after.status, after.unread, after.waiting_since is None) == ("waiting", 1, False)
