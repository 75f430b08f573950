"""What live pages fetch: exactly the parts that changed, in few statements."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django_scopes import scope

from scopchat.contacts.services import Particulars, add_contact, add_note
from scopchat.interactions.tests.desk import NOW, conversation, said
from scopchat.interactions.tests.test_pages_inbox import rows
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in


def anew(user: Any, query: str = "") -> str:
    return signed_in(user).get(f"/messages/anew?{query}", headers=FRAGMENT).content.decode()


def look(user: Any, pk: int, start: int = 0) -> str:
    response = signed_in(user).post(f"/messages/{pk}/look/", {"from": start}, headers=FRAGMENT)
    return response.content.decode()


def test_it_says_nothing_of_another_companys_interaction(cast: Cast) -> None:
    theirs = conversation(cast.outsider_channel, preview="Un secret")
    html = anew(cast.admin, f"thread={theirs.pk}") + look(cast.admin, theirs.pk)
    assert "secret" not in html
    assert "Bonjour" not in html
    assert rows(html.encode()) == []


def test_it_redraws_the_open_thread_from_the_first_message_shown(cast: Cast) -> None:
    made = conversation(cast.channel_queue, texts=5)
    last = said(made, "Nouveau", at=NOW)
    html = look(cast.admin, made.pk, start=last.pk)
    assert 'hx-target="#recent"' in html
    assert "Nouveau" in html
    assert "Bonjour 4" not in html


def test_it_empties_the_pane_of_who_lost_the_thread(cast: Cast) -> None:
    gone = conversation(cast.channel_user, assignee=cast.user)
    assert 'hx-target="#conversation"' in look(cast.agent, gone.pk)


def test_it_brings_the_reply_box_to_who_may_answer_now(cast: Cast) -> None:
    given = conversation(cast.channel_queue, assignee=cast.agent)
    html = look(cast.agent, given.pk)
    assert re.search(r'id="draft-key" value="[0-9a-f-]{36}"', html)
    assert f'data-draft="{cast.agent.pk}:{given.pk}"' in html


def test_it_draws_the_list_anew_in_the_view_that_the_page_shows(cast: Cast) -> None:
    free = conversation(cast.channel_queue)
    taken = conversation(cast.channel_queue, "+15145550143", assignee=cast.agent)
    html = anew(cast.admin, f"view=free&thread={free.pk}")
    assert 'hx-target="#rows" hx-swap="innerMorph"' in html
    assert rows(html.encode()) == [free.pk]
    assert f'id="row-{free.pk}" aria-current="true"' in html
    assert f"row-{taken.pk}" not in html


def test_it_ignores_a_thread_that_is_none(cast: Cast) -> None:
    assert rows(anew(cast.admin, "thread=9²").encode()) == []


@pytest.mark.parametrize("notes", [0, 1, 9])
def test_it_draws_the_open_thread_in_few_statements(cast: Cast, notes: int, django_assert_num_queries: Any) -> None:
    made = conversation(cast.channel_queue, texts=40, unread=0)
    browser = signed_in(cast.admin)
    with scope(company=cast.client):
        named = Particulars(name="Julie Tremblay")
        contact = add_contact(company=cast.client, phone=made.customer, particulars=named, now=NOW) if notes else None
        for _each in range(notes):
            add_note(contact=contact, text="…", acting=cast.admin, now=NOW)
    # Session, person with company; interaction, contact, texts of mass sends, messages, their photos, what happened,
    # opt-out; where there is a contact, its labels and notes.
    with django_assert_num_queries(11 if notes else 9):
        browser.post(f"/messages/{made.pk}/look/", headers=FRAGMENT)
