"""What live pages fetch: exactly the parts that changed, in few statements."""

from __future__ import annotations

import re
from typing import Any

from scopchat.interactions.tests.desk import NOW, conversation, said
from scopchat.interactions.tests.test_pages_inbox import rows
from tests.cast import Cast
from tests.people import FRAGMENT, signed_in


def changes(user: Any, query: str) -> str:
    return signed_in(user).get(f"/messages/changes?{query}", headers=FRAGMENT).content.decode()


def test_it_sends_the_changed_rows_alone(cast: Cast) -> None:
    changed = conversation(cast.channel_queue)
    conversation(cast.channel_queue, "+15145550143")
    assert rows(changes(cast.admin, f"ids={changed.pk}").encode()) == [changed.pk]


def test_it_takes_away_what_left_the_view(cast: Cast) -> None:
    taken = conversation(cast.channel_queue, assignee=cast.agent)
    html = changes(cast.admin, f"ids={taken.pk}&view=free")
    assert f'hx-target="#row-{taken.pk}" hx-swap="delete"' in html
    assert rows(html.encode()) == []


def test_it_says_nothing_of_another_companys_interaction(cast: Cast) -> None:
    theirs = conversation(cast.outsider_channel, preview="Un secret")
    html = changes(cast.admin, f"ids={theirs.pk}&thread={theirs.pk}")
    assert "secret" not in html
    assert "Bonjour" not in html
    assert rows(html.encode()) == []


def test_it_redraws_the_open_thread_from_the_first_message_shown(cast: Cast) -> None:
    made = conversation(cast.channel_queue, texts=5)
    last = said(made, "Nouveau", at=NOW)
    html = changes(cast.admin, f"ids={made.pk}&thread={made.pk}&from={last.pk}")
    assert 'hx-target="#recent"' in html
    assert "Nouveau" in html
    assert "Bonjour 4" not in html


def test_it_leaves_the_open_thread_alone_when_another_changed(cast: Cast) -> None:
    shown = conversation(cast.channel_queue)
    changed = conversation(cast.channel_queue, "+15145550143")
    assert "#recent" not in changes(cast.admin, f"ids={changed.pk}&thread={shown.pk}")


def test_it_empties_the_pane_of_who_lost_the_thread(cast: Cast) -> None:
    gone = conversation(cast.channel_user, assignee=cast.user)
    assert 'hx-target="#conversation"' in changes(cast.agent, f"ids={gone.pk}&thread={gone.pk}")


def test_it_brings_the_reply_box_to_who_may_answer_now(cast: Cast) -> None:
    given = conversation(cast.channel_queue, assignee=cast.agent)
    html = changes(cast.agent, f"ids={given.pk}&thread={given.pk}")
    assert re.search(r'id="draft-key" value="[0-9a-f-]{36}"', html)
    assert f'data-draft="{cast.agent.pk}:{given.pk}"' in html


def test_it_announces_what_a_customer_wrote(cast: Cast) -> None:
    made = conversation(cast.channel_queue, preview="Êtes-vous ouverts ?")
    assert "Nouveau message de 514 555-0142 : Êtes-vous ouverts ?" in changes(cast.admin, f"ids={made.pk}")


def test_it_draws_the_list_anew_when_too_much_happened(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    many = ",".join(str(pk) for pk in range(1_000_000, 1_000_100))
    html = changes(cast.admin, f"ids={many}")
    assert 'hx-target="#rows" hx-swap="innerMorph"' in html
    assert rows(html.encode()) == [made.pk]


def test_it_ignores_ids_that_are_none(cast: Cast) -> None:
    assert rows(changes(cast.admin, "ids=,x,9²,-4&thread=y&from=z").encode()) == []


def test_it_fetches_one_row_in_four_statements(cast: Cast, django_assert_num_queries: Any) -> None:
    made = conversation(cast.channel_queue)
    browser = signed_in(cast.admin)
    # Session, person with company; rows, counts.
    with django_assert_num_queries(4):
        browser.get(f"/messages/changes?ids={made.pk}", headers=FRAGMENT)


def test_it_fetches_the_open_thread_in_three_more(cast: Cast, django_assert_num_queries: Any) -> None:
    made = conversation(cast.channel_queue, texts=40)
    browser = signed_in(cast.admin)
    # Messages, their photos, what happened.
    with django_assert_num_queries(7):
        browser.get(f"/messages/changes?ids={made.pk}&thread={made.pk}", headers=FRAGMENT)
