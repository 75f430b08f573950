"""The whole talk with a customer: words found in it, and its parts read on in both directions, each message once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.interactions.models import Interaction, InteractionEvent, Message
from scopchat.interactions.status import Happening, InteractionStatus
from scopchat.interactions.tests.desk import NOW, conversation, said
from scopchat.interactions.tests.test_archive_search import index
from scopchat.interactions.tests.test_pages_thread import bubbles
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in

DAYS = 24 * 60


def found(user: User, interaction: Interaction, words: str) -> list[int]:
    response = signed_in(user).get(f"/messages/{interaction.pk}/find/", {"q": words}, headers=FRAGMENT)
    assert response.status_code == 200
    return list(response.json()["found"])


def part(user: User, interaction: Interaction, name: str, message: int, *, shown_from: int) -> bytes:
    address = f"/messages/{interaction.pk}/{name}/{message}/?from={shown_from}"
    response = signed_in(user).get(address, headers=FRAGMENT)
    assert response.status_code == 200
    return bytes(response.content)


def ids(interaction: Interaction) -> list[int]:
    with scope(company=interaction.company_id):
        return list(Message.objects.of_thread(interaction.pk).values_list("pk", flat=True))


def goes_on_after(html: bytes) -> int:
    after = re.search(r"/later/(\d+)/", html.decode())
    return int(after[1]) if after else 0


@pytest.fixture
def talk(cast: Cast) -> list[Interaction]:
    """Three conversations with one customer: two of an hour or a day ago, and the open one of 120 texts."""
    closed = {"status": InteractionStatus.CLOSED, "unread": 0}
    return [
        conversation(cast.channel_queue, texts=70, minutes=-9 * DAYS, **closed),
        conversation(cast.channel_queue, texts=2, minutes=-5 * DAYS, **closed),
        conversation(cast.channel_queue, texts=120, unread=0),
    ]


def test_words_are_found_in_the_whole_talk_the_newest_first(cast: Cast, talk: list[Interaction]) -> None:
    first, later, newest = (said(one, text) for one, text in zip(talk, ("L’ÉTÉ", "Un été", "Éternité"), strict=True))
    said(conversation(cast.channel_queue, "+15145550199"), "L’été des autres")
    index()
    assert found(cast.admin, talk[2], "ete") == [newest.pk, later.pk, first.pk]
    assert found(cast.admin, talk[2], "été ") == [later.pk, first.pk]
    assert found(cast.admin, talk[2], "un ete") == [later.pk]
    assert found(cast.admin, talk[2], "hiver") == []
    assert found(cast.admin, talk[2], " ?!") == []


def test_nothing_is_found_in_what_came_after_the_conversation(cast: Cast, talk: list[Interaction]) -> None:
    said(talk[2], "L’été")
    first = said(talk[0], "L’été")
    index()
    assert found(cast.admin, talk[1], "été") == [first.pk]


def test_nothing_is_found_that_the_person_may_not_see(cast: Cast) -> None:
    hidden = conversation(cast.channel_user, status=InteractionStatus.CLOSED, minutes=-60)
    given = conversation(cast.channel_user, assignee=cast.agent)
    said(hidden, "Un secret")
    shown = said(given, "Pas de secret")
    index()
    assert found(cast.agent, given, "secret") == [shown.pk]
    assert len(found(cast.user, given, "secret")) == 2


@pytest.mark.parametrize("page", ["find/?q=Bonjour", "around/{}/", "later/{}/"])
@pytest.mark.parametrize("who", ["agent", "outsider_admin"])
def test_who_does_not_see_the_conversation_gets_none_of_it(cast: Cast, page: str, who: str) -> None:
    made = conversation(cast.channel_user)
    address = f"/messages/{made.pk}/{page.format(ids(made)[0])}"
    assert signed_in(getattr(cast, who)).get(address).status_code == 404
    assert signed_in(cast.user).get(address).status_code == 200


@pytest.mark.parametrize("name", ["around", "later"])
def test_a_message_of_another_talk_is_none_of_this_one(cast: Cast, name: str) -> None:
    made = conversation(cast.channel_queue)
    browser = signed_in(cast.agent)
    hidden = conversation(cast.channel_user, made.customer)
    for other in (hidden, conversation(cast.channel_queue, "+15145550199"), conversation(cast.outsider_channel)):
        assert browser.get(f"/messages/{made.pk}/{name}/{ids(other)[0]}/").status_code == 404


def test_a_message_is_shown_among_its_neighbours(cast: Cast, talk: list[Interaction]) -> None:
    newest = ids(talk[2])
    html = part(cast.admin, talk[2], "around", newest[40], shown_from=newest[70])
    assert bubbles(html) == newest[15:65]
    assert f"/messages/{talk[2].pk}/earlier/" in html.decode()
    assert goes_on_after(html) == newest[64]


def test_what_the_page_shows_already_is_not_shown_again(cast: Cast, talk: list[Interaction]) -> None:
    newest = ids(talk[2])
    html = part(cast.admin, talk[2], "around", newest[60], shown_from=newest[70])
    assert bubbles(html) == newest[35:70]
    assert goes_on_after(html) == 0


def test_at_its_beginning_the_conversation_is_named_and_the_one_before_offered(
    cast: Cast, talk: list[Interaction]
) -> None:
    html = part(cast.admin, talk[2], "around", ids(talk[1])[1], shown_from=ids(talk[2])[70])
    assert bubbles(html) == ids(talk[1])
    assert "Conversation du 18 novembre 2026 · fermé" in html.decode()
    assert f"/messages/{talk[0].pk}/earlier/" in html.decode()
    assert goes_on_after(html) == ids(talk[1])[1]


def test_reading_on_comes_to_what_the_page_shows_over_all_conversations(cast: Cast, talk: list[Interaction]) -> None:
    everything = [pk for one in talk for pk in ids(one)]
    shown_from = everything[-50]
    html = part(cast.admin, talk[2], "around", everything[30], shown_from=shown_from)
    read, episodes = bubbles(html), []
    while after := goes_on_after(html):
        html = part(cast.admin, talk[2], "later", after, shown_from=shown_from)
        read += bubbles(html)
        episodes += re.findall(r"Conversation du ([^·]*) ·", html.decode())
    assert read == everything[5:-50]
    assert episodes == ["18 novembre 2026", "23 novembre 2026"]


def test_reading_on_passes_over_a_conversation_that_is_not_ones_own(cast: Cast) -> None:
    closed = {"status": InteractionStatus.CLOSED, "assignee": cast.agent, "minutes": -60}
    first = conversation(cast.channel_user, **closed)
    conversation(cast.channel_user, **{**closed, "assignee": cast.user})
    newest = conversation(cast.channel_user, assignee=cast.agent, texts=2)
    html = part(cast.agent, newest, "later", ids(first)[0], shown_from=ids(newest)[1])
    assert bubbles(html) == ids(newest)[:1]


def test_what_happened_is_told_once_and_where_it_happened(cast: Cast, talk: list[Interaction]) -> None:
    newest = ids(talk[2])

    def happened_after(message: int) -> str:
        with scope(company=cast.client):
            event = InteractionEvent.objects.create(
                company=cast.client,
                interaction=talk[2],
                happening=Happening.ACKNOWLEDGED,
                person=cast.admin,
                created_at=Message.objects.get(pk=message).created_at + timedelta(seconds=1),
            )
        return f'id="e-{event.pk}"'

    at_the_seam, below = happened_after(newest[64]), happened_after(newest[80])
    html = part(cast.admin, talk[2], "around", newest[40], shown_from=newest[100]).decode()
    further = part(cast.admin, talk[2], "later", newest[64], shown_from=newest[100]).decode()
    assert html.index(f'id="m-{newest[64]}"') < html.index(at_the_seam)
    assert (at_the_seam in further, below in html, below in further) == (False, False, True)


def unread(user: User, interaction: Interaction) -> tuple[str, int]:
    html = signed_in(user).get(f"/messages/{interaction.pk}/", headers=FRAGMENT).content
    mark = re.search(r'data-unread="([^"]*)"', html.decode())
    assert mark
    return mark[1], len(bubbles(html))


def test_an_opened_thread_says_where_the_unread_begins(cast: Cast) -> None:
    made = conversation(cast.channel_queue, texts=120, unread=3)
    said(made, "Un instant", at=NOW, direction="out", status="sent")
    assert unread(cast.admin, made) == (f"m-{ids(made)[117]}", 53)


def test_all_that_is_unread_is_there(cast: Cast) -> None:
    made = conversation(cast.channel_queue, texts=120, unread=90)
    assert unread(cast.admin, made) == (f"m-{ids(made)[30]}", 120)


@pytest.mark.parametrize("number", [0, 5])
def test_nothing_begins_where_nothing_is_unread_or_more_than_there_is(cast: Cast, number: int) -> None:
    made = conversation(cast.channel_queue, texts=4, unread=number)
    assert unread(cast.admin, made) == ("", 4)


def test_finding_takes_few_statements(cast: Cast, talk: list[Interaction], django_assert_num_queries: Any) -> None:
    browser = signed_in(cast.admin)
    # Session, person with company; interaction, its talk, words.
    with django_assert_num_queries(5):
        browser.get(f"/messages/{talk[2].pk}/find/?q=bonjour", headers=FRAGMENT)
