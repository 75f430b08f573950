"""The inbox's list: who sees what, in which order, page by page, and how cheaply."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

import pytest
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.interactions import counting, inbox
from scopchat.interactions.counting import Counts
from scopchat.interactions.inbox import InboxView
from scopchat.interactions.models import Interaction
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.interactions.visibility import Viewer
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in


def rows(html: bytes) -> list[int]:
    """Ids of the rows of a page, in their order."""
    return [int(pk) for pk in re.findall(r'id="row-(\d+)"', html.decode())]


def next_cursor(html: bytes) -> str:
    found = re.search(r'"after":"([\d.]+)"', html.decode())
    return found[1] if found else ""


def test_it_sends_strangers_to_sign_in(client: Any, db: None) -> None:
    response = client.get("/messages/")
    assert response.status_code == 302
    assert response["Location"] == "/account/login/?next=/messages/"


def test_it_tells_a_page_whose_session_ended_to_sign_in(client: Any, db: None) -> None:
    response = client.get("/messages/anew", headers=FRAGMENT)
    assert (response["HX-Redirect"], response.content) == ("/account/login/", b"")


def test_it_shows_the_newest_first(cast: Cast) -> None:
    older = conversation(cast.channel_queue, "+15145550142")
    newer = conversation(cast.channel_queue, "+15145550143", minutes=5)
    assert rows(signed_in(cast.admin).get("/messages/").content) == [newer.pk, older.pk]


def test_it_shows_nothing_of_another_company(cast: Cast) -> None:
    conversation(cast.channel_queue)
    theirs = conversation(cast.outsider_channel)
    assert rows(signed_in(cast.outsider_admin).get("/messages/").content) == [theirs.pk]


def test_it_shows_an_agent_their_queue_and_what_is_theirs(cast: Cast) -> None:
    in_queue = conversation(cast.channel_queue)
    given = conversation(cast.channel_user, "+15145550143", minutes=1, assignee=cast.agent)
    conversation(cast.channel_user, "+15145550144", minutes=2)
    assert rows(signed_in(cast.agent).get("/messages/").content) == [given.pk, in_queue.pk]


def test_it_leaves_closed_ones_out(cast: Cast) -> None:
    conversation(cast.channel_queue, status=InteractionStatus.CLOSED)
    assert rows(signed_in(cast.admin).get("/messages/").content) == []


@pytest.mark.parametrize(("view", "expected"), [("mine", "mine"), ("free", "free"), ("all", "free mine theirs")])
def test_it_narrows_to_a_view(cast: Cast, view: str, expected: str) -> None:
    made = {
        "mine": conversation(cast.channel_queue, "+15145550141", assignee=cast.admin),
        "free": conversation(cast.channel_queue, "+15145550142"),
        "theirs": conversation(cast.channel_queue, "+15145550143", assignee=cast.agent),
    }
    found = rows(signed_in(cast.admin).get(f"/messages/?view={view}").content)
    assert sorted(found) == sorted(made[name].pk for name in expected.split())


def test_it_narrows_to_a_queue_and_to_digits(cast: Cast) -> None:
    wanted = conversation(cast.channel_queue, "+15145550142")
    conversation(cast.channel_queue, "+14385550177")
    conversation(cast.channel_user, "+15145550143")
    found = rows(signed_in(cast.admin).get(f"/messages/?queue={cast.queue.pk}&q=514-555").content)
    assert found == [wanted.pk]


def test_it_ignores_nonsense_in_the_address(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    address = "/messages/?view=x&queue=%F0%9F%98%80&sort=;drop&q=++"
    assert rows(signed_in(cast.admin).get(address).content) == [made.pk]


@pytest.mark.parametrize("query", ["after=x", "after=1.2.3", "sort=waiting&after=1.2", "after=" + "9" * 40 + ".1"])
def test_it_answers_404_to_a_cursor_that_is_none(cast: Cast, query: str) -> None:
    assert signed_in(cast.admin).get(f"/messages/?{query}", headers=FRAGMENT).status_code == 404


@pytest.mark.parametrize("query", ["", "sort=waiting"])
def test_it_pages_through_everything_once_and_in_order(cast: Cast, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "PAGE", 4)
    for place in range(11):
        answered = {"waiting_since": None, "status": InteractionStatus.OPEN} if place % 3 == 0 else {}
        conversation(cast.channel_queue, f"+151455501{place:02}", minutes=place // 2, **answered)
    browser = signed_in(cast.admin)
    html = browser.get(f"/messages/?{query}").content
    seen = rows(html)
    while cursor := next_cursor(html):
        html = browser.get(f"/messages/?{query}&after={cursor}", headers=FRAGMENT).content
        seen += rows(html)
    with scope(company=cast.client):
        view = InboxView(waiting_first=bool(query))
        assert seen == [found.pk for found in view.ordered(Interaction.objects.all())]


@pytest.mark.parametrize("waiting_first", [False, True])
def test_it_orders_rows_by_their_key_as_the_database_does(cast: Cast, waiting_first: bool) -> None:
    for place in range(6):
        since = {"waiting_since": None} if place % 2 else {}
        conversation(cast.channel_queue, f"+151455501{place:02}", minutes=place // 3, **since)
    view = InboxView(waiting_first=waiting_first)
    with scope(company=cast.client):
        keys = [view.place_of(found) for found in view.ordered(Interaction.objects.all())]
    assert keys == sorted(keys, reverse=True)


def counts_of(user: User, company_id: int) -> Counts:
    (found,) = counting.counts([Viewer.of(user, company_id)])
    return found


@pytest.mark.parametrize("who", ["admin", "manager", "agent", "agent2", "user", "operator_admin"])
def test_it_counts_what_each_view_shows(cast: Cast, who: str) -> None:
    conversation(cast.channel_queue, "+15145550141", assignee=cast.agent, offered_at=NOW)
    conversation(cast.channel_queue, "+15145550142", escalated_at=NOW)
    conversation(cast.channel_user, "+15145550143", assignee=cast.agent2)
    conversation(cast.channel_user, "+15145550144", unread=0)
    conversation(cast.channel_queue, "+15145550145", status=InteractionStatus.CLOSED)
    conversation(cast.channel_queue, "+15145550146", status=InteractionStatus.OPEN, unread=2)
    conversation(cast.channel_queue, "+15145550147", status=InteractionStatus.PAUSED)
    conversation(cast.outsider_channel)
    user: User = getattr(cast, who)
    with scope(company=cast.client):
        expected: dict[str, object] = {
            view: str(InboxView(view=view).matching(user).count()) for view in ("mine", "free", "all", "paused")
        }
        expected["escalated"] = str(InboxView(view="escalated").matching(user).count() or "")
        waiting = Interaction.objects.visible_to(user).filter(status=InteractionStatus.WAITING)
        expected["unread"] = str(waiting.filter(unread__gt=0).count() or "")
        expected["offered"] = str(waiting.filter(assignee=user, offered_at__isnull=False).count() or "")
        found = asdict(counts_of(user, cast.client.pk))
        del found["queues"]
        assert found == expected


def test_it_counts_no_further_than_it_shows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "COUNTED", 2)
    for place in range(3):
        conversation(cast.channel_queue, f"+151455501{place:02}")
    assert counts_of(cast.admin, cast.client.pk).all == "99+"


def test_it_keeps_the_open_thread_when_the_list_is_filtered(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    headers = {**FRAGMENT, "HX-Current-URL": f"http://testserver/c/{cast.client.pk}/messages/{made.pk}/?view=free"}
    response = signed_in(cast.admin).get("/messages/?view=all&sort=waiting", headers=headers)
    assert response["HX-Push-Url"] == f"/c/{cast.client.pk}/messages/{made.pk}/?sort=waiting"
    assert b'aria-current="true"' in response.content


@pytest.mark.parametrize("rows_shown", [1, 30])
def test_it_asks_the_database_the_same_whatever_the_length(
    cast: Cast, rows_shown: int, django_assert_num_queries: Any
) -> None:
    for place in range(rows_shown):
        conversation(cast.channel_queue, f"+151455501{place:02}", assignee=cast.agent if place % 2 else None)
    browser = signed_in(cast.admin)
    # Session, person with company; rows, counts; whether the menu shows the simulator.
    with django_assert_num_queries(6):
        assert len(rows(browser.get("/messages/").content)) == rows_shown
