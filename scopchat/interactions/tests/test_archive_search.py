"""The archive by what was said: whatever case and accents, only what one may see, the newest first, page by page."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django_scopes import scope, scopes_disabled

from scopchat.interactions.models import Interaction, MessageWords, SearchProgress
from scopchat.interactions.services import indexing
from scopchat.interactions.services.indexing import index_texts
from scopchat.interactions.tests.desk import NOW, conversation, said
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in


def index() -> None:
    with scopes_disabled():
        while index_texts(now=NOW) == indexing.BATCH:
            pass


def found(browser: Client, **asked: str) -> list[int]:
    html = browser.get("/interactions/", asked, headers=FRAGMENT).content.decode()
    return [int(pk) for pk in re.findall(r"/interactions/(\d+)/\"", html)]


@pytest.fixture
def talks(cast: Cast) -> list[Interaction]:
    made = [
        conversation(cast.channel_queue, f"+151455501{place:02d}", minutes=place, status=status)
        for place, status in enumerate(["closed", "closed", "open", "waiting"])
    ]
    said(made[0], "L’été prochain, à Québec")
    said(made[1], "Cet ETE, non", direction="out", status="sent")
    said(made[2], "Une éternité")
    said(made[3], "été encore", direction="in")
    other = conversation(cast.outsider_channel)
    said(other, "L’été d’ailleurs")
    index()
    return made


def test_words_are_found_the_newest_first_with_what_was_said(cast: Cast, talks: list[Interaction]) -> None:
    browser = signed_in(cast.admin)
    assert found(browser, q="été ") == [talks[3].pk, talks[1].pk, talks[0].pk]
    assert found(browser, q="ete") == [talks[3].pk, talks[2].pk, talks[1].pk, talks[0].pk]
    assert found(browser, q="québec Ete") == [talks[0].pk]
    assert found(browser, q="vacances") == []
    page = unescape(browser.get("/interactions/?q=quebec").content.decode())
    assert "L’été prochain, à Québec" in page


def test_a_number_is_a_number_still(cast: Cast, talks: list[Interaction]) -> None:
    assert found(signed_in(cast.admin), q="514 555-0102") == [talks[2].pk]
    assert found(signed_in(cast.admin), q="0103") == [talks[3].pk]


def test_filters_combine(cast: Cast, talks: list[Interaction]) -> None:
    browser = signed_in(cast.admin)
    with scope(company=cast.client):
        Interaction.objects.filter(pk=talks[0].pk).update(assignee=cast.agent, last_activity_at=NOW - timedelta(days=9))
    assert found(browser, q="ete", status="closed") == [talks[1].pk, talks[0].pk]
    assert found(browser, q="ete", person=str(cast.agent.pk)) == [talks[0].pk]
    assert found(browser, person=str(cast.agent.pk)) == [talks[0].pk]
    assert found(browser, q="ete", channel=str(cast.channel_user.pk)) == []
    assert found(browser, queue=str(cast.queue.pk), since="2026-11-20") == [one.pk for one in reversed(talks[1:])]
    assert found(browser, since="2026-11-14", until="2026-11-14") == [talks[0].pk]
    assert found(browser, since="x", until="9999-12-31", channel="0", person="x") != []


def test_who_sees_little_finds_little(cast: Cast, talks: list[Interaction]) -> None:
    mine = conversation(cast.channel_user)
    said(mine, "Mon été")
    index()
    assert found(signed_in(cast.user), q="été") == [mine.pk]
    assert mine.pk not in found(signed_in(cast.agent), q="été")
    page = signed_in(cast.user).get("/interactions/").content.decode()
    assert 'name="person"' not in page


@pytest.mark.parametrize("step", [2, 5])
def test_pages_go_on_and_each_conversation_stands_once(cast: Cast, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Rare words are read all at once, common ones from the latest texts on."""
    monkeypatch.setattr("scopchat.interactions.archive_search.PAGE", 3)
    monkeypatch.setattr("scopchat.interactions.archive_search.STEPS", (step,) * 10)
    made = [conversation(cast.channel_queue, f"+15145550{place:03d}", minutes=place) for place in range(8)]
    for round_ in range(3):
        for one in made[:: 1 if round_ % 2 else -1]:
            said(one, f"pomme {round_}")
    index()
    browser, after, seen = signed_in(cast.admin), "", []
    while True:
        asked = {"q": "pomme", **({"after": after} if after else {})}
        html = browser.get("/interactions/", asked, headers=FRAGMENT).content.decode()
        seen += [int(pk) for pk in re.findall(r"/interactions/(\d+)/\"", html)]
        cursor = re.search(r'"after":"(\d+)"', unescape(html))
        if cursor is None:
            break
        after = cursor[1]
    assert seen == [one.pk for one in made]


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 30])
def test_a_page_that_is_none_is_not_found(cast: Cast, after: str) -> None:
    assert signed_in(cast.admin).get("/interactions/", {"q": "été", "after": after}).status_code == 404


def test_each_text_is_indexed_once_whatever_its_order(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scopchat.interactions.services.indexing.BATCH", 3)
    monkeypatch.setattr("scopchat.interactions.services.indexing.FAR_BEHIND", 2)
    made = conversation(cast.channel_queue, texts=7)
    late = said(made, "en retard")
    with scopes_disabled():
        late_pk = late.pk
        type(late).objects.filter(pk=late_pk).delete()
        for minutes in range(4):
            while index_texts(now=NOW + timedelta(minutes=minutes)) == 3:
                pass
        assert MessageWords.objects.count() == 7
        # It was numbered before the others were committed, and appears behind them.
        late.pk = late_pk
        late.save(force_insert=True)
        assert index_texts(now=NOW + timedelta(minutes=5)) == 1
        assert MessageWords.objects.count() == 8
        index_texts(now=NOW + timedelta(minutes=11))
        index_texts(now=NOW + timedelta(minutes=22))
        assert SearchProgress.objects.get().through == late_pk
        assert index_texts(now=NOW + timedelta(minutes=23)) == 0


def test_the_index_is_used(cast: Cast, talks: list[Interaction]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT 1 FROM interactions_messagewords w WHERE w.words @@ %s::tsquery", ["'#1' & 'ete':*"]
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "message_words" in plan
