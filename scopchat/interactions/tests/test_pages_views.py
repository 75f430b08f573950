"""The inbox's views as the menu offers them: who is offered which queues, what each holds, which one is marked."""

from __future__ import annotations

import re

import pytest
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.contacts.labelling import add_label, set_labels
from scopchat.contacts.services import Particulars, add_contact
from scopchat.interactions import counting
from scopchat.interactions.services.by_itself import escalate
from scopchat.interactions.services.holding import take
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.interactions.visibility import Viewer
from scopchat.queues.models import Queue
from scopchat.queues.services import create_queue, mark_closed
from tests.cast import Cast
from tests.html import flat
from tests.people import FRAGMENT, signed_in


def queues_of(user: User, cast: Cast) -> list[tuple[str, str]]:
    (found,) = counting.counts([Viewer.of(user, cast.client.pk)])
    return [(name, number) for _pk, name, number in found.queues]


@pytest.fixture
def results(cast: Cast) -> Queue:
    """A second queue, of Sophie alone."""
    with scope(company=cast.client):
        queue = create_queue(company=cast.client, name="Résultats", agents=[cast.agent])
    for minutes, status in enumerate((InteractionStatus.WAITING, InteractionStatus.PAUSED, InteractionStatus.CLOSED)):
        conversation(cast.channel_queue, f"+1514555015{minutes}", minutes=minutes, queue=queue, status=status)
    return queue


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("admin", [("Accueil", "1"), ("Résultats", "2")]),
        ("operator_admin", [("Accueil", "1"), ("Résultats", "2")]),
        ("agent", [("Accueil", "1"), ("Résultats", "2")]),
        ("agent2", [("Accueil", "1")]),
        ("user", []),
    ],
)
def test_each_person_is_offered_the_queues_they_see(
    cast: Cast, results: Queue, who: str, expected: list[tuple[str, str]]
) -> None:
    conversation(cast.channel_queue, "+15145550142")
    assert queues_of(getattr(cast, who), cast) == expected


def test_no_queue_of_another_company_is_offered(cast: Cast, results: Queue) -> None:
    (found,) = counting.counts([Viewer.of(cast.outsider_admin, cast.outsider.pk)])
    assert found.queues == ()


def test_several_people_are_counted_for_at_once(cast: Cast, results: Queue) -> None:
    found = counting.counts([Viewer.of(user, cast.client.pk) for user in (cast.user, cast.agent, cast.agent2)])
    assert [[name for _pk, name, _number in one.queues] for one in found] == [[], ["Accueil", "Résultats"], ["Accueil"]]


def test_a_closed_queue_is_not_offered(cast: Cast, results: Queue) -> None:
    with scope(company=cast.client):
        mark_closed(queue=results, now=NOW)
    assert queues_of(cast.admin, cast) == [("Accueil", "0")]


def test_the_list_shows_those_whose_contact_wears_a_label(cast: Cast) -> None:
    with scope(company=cast.client):
        urgent, other = (add_label(company=cast.client, name=name) for name in ("Urgent", "Assurance"))
        for number, labels in (("+15145550142", [urgent, other]), ("+15145550143", [other]), ("+15145550144", [])):
            named = add_contact(company=cast.client, phone=number, particulars=Particulars(name="Léa"), now=NOW)
            set_labels(contact=named, labels=labels, now=NOW)
    shown = [conversation(cast.channel_queue, f"+1514555014{last}") for last in range(2, 6)]

    html = flat(signed_in(cast.admin).get(f"/messages/?label={urgent.pk}").content)

    assert re.findall(r'id="row-(\d+)"', html) == [str(shown[0].pk)]
    assert f'data-labels="{urgent.pk} {other.pk}"' in html
    assert re.findall(r"<option[^>]*>([^<]*)</option>", html)[:3] == ["Toutes les étiquettes", "Assurance", "Urgent"]


def marked(html: bytes) -> list[str]:
    """Keys of the views that are marked: in the menu, then above the list."""
    return re.findall(r'data-view="([a-z0-9-]+)" aria-current="true"', flat(html))


def offered(html: bytes) -> list[str]:
    found = re.findall(
        r'class="menu-view" href="[^"]*/messages/([^"]*)".*?<bdi>(.*?)</bdi> <span.*?>(.*?)<', flat(html)
    )
    return [" ".join(parts) for parts in found]


def test_the_menu_offers_the_views_with_what_they_hold(cast: Cast, results: Queue) -> None:
    conversation(cast.channel_queue, "+15145550142", assignee=cast.agent)
    html = signed_in(cast.agent).get("/messages/").content
    assert offered(html) == [
        "?view=mine À moi 1",
        "?view=free Libres 2",
        " Tous 3",
        "?view=paused En pause 1",
        "?view=escalated Signalées ",
        f"?queue={cast.queue.pk} Accueil 1",
        f"?queue={results.pk} Résultats 2",
    ]


def test_what_was_brought_to_the_managers_is_a_view_as_long_as_nobody_sees_to_it(cast: Cast) -> None:
    waiting = conversation(cast.channel_queue, "+15145550142")
    conversation(cast.channel_queue, "+15145550143")
    with scope(company=cast.client):
        escalate(interaction=waiting, absent=False, now=NOW)
    manager = signed_in(cast.manager)
    assert "?view=escalated Signalées 1" in offered(manager.get("/messages/").content)
    page = flat(manager.get("/messages/?view=escalated").content)
    assert re.findall(r'id="row-(\d+)"', page) == [str(waiting.pk)]
    assert "Personne ne s’occupe de la conversation" in page
    assert "Personne ne s’occupe" not in flat(signed_in(cast.agent).get("/messages/").content)
    with scope(company=cast.client):
        take(interaction=waiting, acting=cast.manager, now=NOW)
    assert "?view=escalated Signalées " in offered(manager.get("/messages/").content)


def test_other_pages_offer_none(cast: Cast) -> None:
    assert offered(signed_in(cast.admin).get("/interactions/").content) == []


@pytest.mark.parametrize(("query", "expected"), [("", "all"), ("?view=free", "free"), ("?view=zzz", "all")])
def test_the_view_of_the_address_is_marked(cast: Cast, query: str, expected: str) -> None:
    html = signed_in(cast.admin).get(f"/messages/{query}").content
    assert marked(html) == [expected, expected]


def test_the_queue_of_the_address_is_marked_beside_an_open_thread_too(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    html = signed_in(cast.agent).get(f"/messages/{made.pk}/?queue={cast.queue.pk}").content
    assert marked(html) == [f"queue-{cast.queue.pk}"] * 2


def test_a_queue_is_a_view_of_its_own(cast: Cast) -> None:
    """The menu marks one view: another beside the queue would narrow the list without being seen."""
    conversation(cast.channel_queue, "+15145550143", assignee=cast.agent)
    html = flat(signed_in(cast.admin).get(f"/messages/?queue={cast.queue.pk}&view=free").content)
    assert "514 555-0143" in html
    assert 'name="view" value="all"' in html


def test_a_queue_that_is_not_the_persons_is_an_empty_view(cast: Cast, results: Queue) -> None:
    html = signed_in(cast.agent2).get(f"/messages/?queue={results.pk}").content
    assert marked(html) == []
    assert "Résultats" not in html.decode()
    assert 'class="row-i' not in html.decode()


def test_choosing_a_view_keeps_the_order(cast: Cast) -> None:
    response = signed_in(cast.admin).get("/messages/?view=free&sort=waiting&q=", headers=FRAGMENT)
    assert response["HX-Push-Url"] == f"/c/{cast.client.pk}/messages/?view=free&sort=waiting"


def test_a_list_drawn_anew_brings_the_views(cast: Cast, results: Queue) -> None:
    html = signed_in(cast.agent).get(f"/messages/anew?queue={results.pk}", headers=FRAGMENT).content
    assert 'hx-target="#menu-views"' in html.decode()
    assert marked(html) == [f"queue-{results.pk}"] * 2
