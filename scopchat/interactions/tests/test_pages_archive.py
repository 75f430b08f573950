"""The archive: everything, for ever, for those who may see it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scopchat.interactions import archive
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.desk import conversation
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in


def listed(html: bytes) -> list[int]:
    return [int(pk) for pk in re.findall(r'href="/c/\d+/interactions/(\d+)/"', html.decode())]


def test_it_keeps_closed_ones(cast: Cast) -> None:
    closed = conversation(cast.channel_queue, status=InteractionStatus.CLOSED)
    assert listed(signed_in(cast.admin).get("/interactions/").content) == [closed.pk]


def test_it_shows_the_outsider_nothing(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    browser = signed_in(cast.outsider_admin)
    assert listed(browser.get("/interactions/").content) == []
    assert browser.get(f"/interactions/{made.pk}/").status_code == 404


@pytest.mark.parametrize("query", ["q=514+555-0142", "q=0142", "status=closed", "q=%2B15145550142&status=closed"])
def test_it_narrows_to_a_number_and_a_status(cast: Cast, query: str) -> None:
    wanted = conversation(cast.channel_queue, "+15145550142", status=InteractionStatus.CLOSED)
    conversation(cast.channel_queue, "+14385550177")
    assert listed(signed_in(cast.admin).get(f"/interactions/?{query}").content) == [wanted.pk]


@pytest.mark.parametrize("typed", ["0142", "514555", "1514555", "%2B1514", "555 0142"])
def test_it_finds_numbers_by_how_they_begin_or_end(cast: Cast, typed: str) -> None:
    wanted = conversation(cast.channel_queue, "+15145550142", status=InteractionStatus.CLOSED)
    conversation(cast.channel_queue, "+14385550177")
    for person in (cast.admin, cast.agent):
        assert listed(signed_in(person).get(f"/interactions/?q={typed}").content) == [wanted.pk]


def test_it_finds_nothing_by_digits_in_the_middle(cast: Cast) -> None:
    conversation(cast.channel_queue, "+15145550142")
    assert listed(signed_in(cast.admin).get("/interactions/?q=4555").content) == []


def test_it_shows_a_person_their_channels_queues_and_what_is_theirs(cast: Cast) -> None:
    of_queue = conversation(cast.channel_queue, "+15145550101", minutes=3)
    of_channel = conversation(cast.channel_user, "+15145550102", minutes=2)
    given = conversation(cast.channel_user, "+15145550103", assignee=cast.agent, minutes=1)
    assert set(listed(signed_in(cast.agent).get("/interactions/").content)) == {of_queue.pk, given.pk}
    assert set(listed(signed_in(cast.user).get("/interactions/").content)) == {of_channel.pk, given.pk}


@pytest.mark.parametrize("who", ["admin", "agent"])
def test_it_pages_through_everything_once(cast: Cast, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PAGE", 3)
    made = [conversation(cast.channel_queue, f"+151455501{n:02}", minutes=n // 2).pk for n in range(8)]
    browser = signed_in(getattr(cast, who))
    html = browser.get("/interactions/").content
    seen = listed(html)
    while cursor := re.search(r'"after":"([\d.]+)"', html.decode()):
        html = browser.get(f"/interactions/?after={cursor[1]}", headers=FRAGMENT).content
        seen += listed(html)
    assert seen == made[::-1]


def test_it_answers_404_to_a_cursor_that_is_none(cast: Cast) -> None:
    assert signed_in(cast.admin).get("/interactions/?after=1").status_code == 404


def test_it_shows_the_content_to_read_only(cast: Cast) -> None:
    made = conversation(cast.channel_queue, status=InteractionStatus.CLOSED)
    html = signed_in(cast.admin).get(f"/interactions/{made.pk}/").content.decode()
    assert "Bonjour 0" in html
    assert "/reply/" not in html


def test_it_asks_the_database_the_same_whatever_the_length(cast: Cast, django_assert_num_queries: Any) -> None:
    for place in range(20):
        conversation(cast.channel_queue, f"+151455501{place:02}", assignee=cast.agent)
    browser = signed_in(cast.admin)
    # Session, person with company; interactions; three choices of the filter; whether there is a simulator.
    with django_assert_num_queries(7):
        browser.get("/interactions/")
