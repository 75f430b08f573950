"""The pages of queues: who waits and who is there, who belongs to one, closing it and opening it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django_scopes import scope

from scopchat.accounts import people, presence
from scopchat.accounts.models import User
from scopchat.administration.queues import Row
from scopchat.audit.models import Entry
from scopchat.channels.models import Channel, Destination
from scopchat.interactions.models import Interaction
from scopchat.interactions.status import InteractionStatus
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.queues.models import Queue, QueueMember
from scopchat.queues.services import create_queue, mark_closed, set_members
from tests.cast import Cast
from tests.html import flat
from tests.people import FRAGMENT, signed_in

TERMS = {"distribution": "manual", "priority": "20", "grace": "2"}
"""What the form of a queue always sends."""


def page(cast: Cast, who: User | None = None) -> HttpResponse:
    return signed_in(who or cast.admin).get("/queues/", headers={"Accept-Language": "fr"})


def rows(cast: Cast) -> list[Row]:
    found: list[Row] = page(cast).context["listing"].rows
    return found


def queue_named(cast: Cast, name: str, **people: Any) -> Queue:
    with scope(company=cast.client):
        return create_queue(company=cast.client, name=name, **people)


def closed(cast: Cast, name: str = "Ancienne", **people: Any) -> Queue:
    queue = queue_named(cast, name, **people)
    with scope(company=cast.client):
        mark_closed(queue=queue, now=NOW)
    return queue


def members(cast: Cast, queue: Queue) -> set[tuple[str, bool, bool]]:
    with scope(company=cast.client):
        found = QueueMember.objects.filter(queue=queue)
        return set(found.values_list("user__username", "is_agent", "is_administrator"))


def is_closed(cast: Cast, queue: Queue) -> bool:
    with scope(company=cast.client):
        return Queue.objects.get(pk=queue.pk).closed_at is not None


def point_elsewhere(cast: Cast) -> None:
    """No channel sends its messages to the cast's queue any more."""
    with scope(company=cast.client):
        Channel.objects.filter(queue=cast.queue).update(queue=None, destination=Destination.USERS)


@pytest.mark.parametrize("who", ["agent", "manager", "user"])
def test_it_refuses_who_may_not(cast: Cast, who: str) -> None:
    browser = signed_in(getattr(cast, who))
    for path in ("", "add/", f"{cast.queue.pk}/", f"{cast.queue.pk}/people/"):
        assert browser.get(f"/queues/{path}").status_code == 403
    for path in ("close", "reopen", "people"):
        assert browser.post(f"/queues/{cast.queue.pk}/{path}/").status_code == 403


def test_queues_of_another_company_are_not_there(cast: Cast) -> None:
    browser = signed_in(cast.outsider_admin)
    assert browser.get("/queues/").context["listing"].rows == []
    for path in ("", "people/"):
        assert browser.get(f"/queues/{cast.queue.pk}/{path}").status_code == 404
    for path in ("", "people/", "close/", "reopen/"):
        assert browser.post(f"/queues/{cast.queue.pk}/{path}", {"name": "X"}).status_code == 404


def test_the_longest_wait_comes_first_then_names(cast: Cast) -> None:
    results, _empty = queue_named(cast, "Résultats"), queue_named(cast, "Banque")
    conversation(cast.channel_queue, minutes=5)
    conversation(cast.channel_queue, "+15145550143", minutes=6)
    conversation(cast.channel_queue, "+15145550144", queue=results, minutes=1)
    found = rows(cast)
    assert [row.queue.name for row in found] == ["Résultats", "Accueil", "Banque"]
    assert [row.figures for row in found] == [
        (1, NOW + timedelta(minutes=1), 1),
        (2, NOW + timedelta(minutes=5), 2),
        (0, None, 0),
    ]


def test_what_somebody_has_or_answered_does_not_wait(cast: Cast) -> None:
    conversation(cast.channel_queue, assignee=cast.agent)
    conversation(cast.channel_queue, "+15145550143", status=InteractionStatus.OPEN, waiting_since=None)
    conversation(cast.channel_queue, "+15145550144", status=InteractionStatus.CLOSED, closed_at=NOW)
    assert [row.figures for row in rows(cast)] == [(0, None, 2)]


def test_it_says_who_is_there_of_those_who_answer(cast: Cast) -> None:
    with scope(company=cast.client):
        set_members(queue=cast.queue, agents=[cast.agent, cast.agent2, cast.user], administrators=[cast.admin])
    presence.arrive(person=cast.agent, now=NOW)
    presence.arrive(person=cast.admin, now=NOW)
    people.disable_user(person=cast.user, acting=cast.admin)
    (row,) = rows(cast)
    assert (row.present, row.agents) == (1, 2)
    assert [member.user for member in row.queue.faces] == [cast.agent]
    assert [channel.name for channel in row.queue.channels_shown] == ["Accueil"]


def test_a_queue_where_somebody_waits_and_nobody_is_there_is_told_on_top(cast: Cast) -> None:
    told = "2 conversations attendent, la première depuis"
    conversation(cast.channel_queue)
    conversation(cast.channel_queue, "+15145550143")
    shown = flat(page(cast).content)
    assert told in shown
    assert f'href="/c/{cast.client.pk}/messages/?queue={cast.queue.pk}"' in shown
    presence.arrive(person=cast.agent, now=NOW)
    assert told not in flat(page(cast).content)


def test_what_changes_is_asked_for_alone(cast: Cast) -> None:
    shown = flat(signed_in(cast.admin).get("/queues/", headers={**FRAGMENT, "Accept-Language": "fr"}).content).strip()
    assert shown.startswith('<div class="table-card">')
    assert shown.endswith("<span>Mis à jour en direct</span> </div> </div>")


def test_of_many_such_queues_three_at_most_are_named_above_those_that_wait_longest(cast: Cast) -> None:
    for place in range(4):
        queue = queue_named(cast, f"Q{place}")
        conversation(cast.channel_queue, f"+1514555{place:04d}", queue=queue, minutes=-place)
    assert [row.queue.name for row in page(cast).context["listing"].told] == ["Q3", "Q2", "Q1"]


def test_without_a_queue_it_says_what_one_is_for(cast: Cast) -> None:
    shown = flat(page(cast, cast.outsider_admin).content)
    assert "Aucune file d’attente" in shown
    assert shown.count(f'href="/c/{cast.outsider.pk}/queues/add/"') == 1


def test_it_asks_the_database_the_same_whatever_the_length(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for place in range(12):
        queue = queue_named(cast, f"Q{place}", agents=[cast.agent, cast.agent2])
        conversation(cast.channel_queue, f"+1514555{place:04d}", queue=queue)
        closed(cast, f"F{place}")
    presence.arrive(person=cast.agent, now=NOW)
    browser = signed_in(cast.admin)
    # Session, person, queues with their figures, who is there, channels, what waits; has the company a simulator.
    with django_assert_max_num_queries(7):
        browser.get("/queues/")


def test_a_queue_is_added_with_its_people(cast: Cast) -> None:
    values = {
        **TERMS, "name": "Résultats", "description": "Prises de sang", "agents": [cast.agent.pk, cast.user.pk],
        "administrators": [cast.agent.pk, cast.manager.pk],
    }  # fmt: skip
    assert signed_in(cast.admin).post("/queues/add/", values).status_code == 302
    with scope(company=cast.client):
        queue = Queue.objects.get(name="Résultats")
    assert queue.description == "Prises de sang"
    assert members(cast, queue) == {("sophie", True, True), ("marc", True, False), ("karim", False, True)}
    entry = Entry.objects.get(verb="queue.created", object_id=queue.pk)
    assert entry.person_id == cast.admin.pk
    assert entry.details == {
        "description": "Prises de sang",
        "distribution": "manual",
        "priority": 20,
        "max_open": None,
        "take_back_after": None,
        "grace": 2,
        "agents": ["Marc Bouchard", "Sophie Roy"],
        "administrators": ["Karim Haddad", "Sophie Roy"],
    }


def test_a_name_is_taken_once(cast: Cast) -> None:
    closed(cast)
    browser = signed_in(cast.admin)
    for path in ("add/", f"{queue_named(cast, 'Autre').pk}/"):
        for name, words in (("Accueil", "Une autre file porte"), ("Ancienne", "Une file fermée porte")):
            response = browser.post(f"/queues/{path}", {**TERMS, "name": name, "agents": [cast.agent.pk]})
            assert response.status_code == 422
            assert words in response.context["form"].errors["name"][0]
    assert signed_in(cast.outsider_admin).post("/queues/add/", {**TERMS, "name": "Accueil"}).status_code == 302


def test_changes_are_recorded_apart_for_the_queue_and_its_people(cast: Cast) -> None:
    browser, people = signed_in(cast.admin), [cast.agent.pk, cast.agent2.pk]
    values = {**TERMS, "name": "Réception", "description": "", "take_back_after": "5", "agents": people}
    browser.post(f"/queues/{cast.queue.pk}/", values)
    assert Entry.objects.get(verb="queue.changed").details == {"name": {"before": "Accueil", "after": "Réception"}}
    assert not Entry.objects.filter(verb="queue.members_changed").exists()
    browser.post(f"/queues/{cast.queue.pk}/people/", {"agents": people[:1], "administrators": people[:1]})
    assert Entry.objects.get(verb="queue.members_changed").details == {
        "agents": {"before": ["Linh Nguyen", "Sophie Roy"], "after": ["Sophie Roy"]},
        "administrators": {"before": [], "after": ["Sophie Roy"]},
    }
    assert Entry.objects.filter(verb="queue.changed").count() == 1


def test_who_is_chosen_comes_first_and_who_is_disabled_stays(cast: Cast) -> None:
    people.disable_user(person=cast.agent2, acting=cast.admin)
    people.disable_user(person=cast.user, acting=cast.admin)
    browser = signed_in(cast.admin)
    form = browser.get(f"/queues/{cast.queue.pk}/people/").context["form"]
    assert [line.person.username for line in form.lines()] == ["linh", "sophie", "amelie", "karim"]
    browser.post(f"/queues/{cast.queue.pk}/people/", {"agents": form["agents"].value(), "administrators": []})
    assert members(cast, cast.queue) == {("linh", True, False), ("sophie", True, False)}


def test_its_people_are_a_dialog_of_the_list_and_a_page_without_script(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    dialog = browser.get(f"/queues/{cast.queue.pk}/people/", headers=FRAGMENT).content
    assert b"dialog-title" in dialog
    assert b"<html" not in dialog
    whole = browser.get(f"/queues/{cast.queue.pk}/people/").content
    assert b"<html" in whole
    assert b'id="dialog-title"' not in whole


def test_people_of_another_company_cannot_be_chosen(cast: Cast) -> None:
    values = {**TERMS, "name": "Accueil", "agents": [cast.outsider_admin.pk]}
    for path in ("", "people/"):
        response = signed_in(cast.admin).post(f"/queues/{cast.queue.pk}/{path}", values)
        assert response.status_code == 422
        assert "agents" in response.context["form"].errors
    assert members(cast, cast.queue) == {("linh", True, False), ("sophie", True, False)}


def test_who_leaves_sees_its_conversations_no_more(cast: Cast) -> None:
    interaction = conversation(cast.channel_queue)
    browser = signed_in(cast.agent)
    assert browser.get(f"/messages/{interaction.pk}/").status_code == 200
    signed_in(cast.admin).post(f"/queues/{cast.queue.pk}/people/", {"agents": [cast.agent2.pk]})
    assert browser.get(f"/messages/{interaction.pk}/").status_code == 404


def test_a_queue_in_use_is_not_closed_and_the_page_says_why(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    interaction = conversation(cast.channel_queue)
    shown = flat(browser.post(f"/queues/{cast.queue.pk}/close/", follow=True).content)
    assert "1 canal pointe vers cette file" in shown
    assert "Il reste 1 conversation en cours dans cette file" in shown
    point_elsewhere(cast)
    shown = flat(browser.post(f"/queues/{cast.queue.pk}/close/", follow=True).content)
    assert "pointe vers cette file" not in shown
    assert "Il reste 1 conversation en cours dans cette file" in shown
    assert not is_closed(cast, cast.queue)
    with scope(company=cast.client):
        Interaction.objects.filter(pk=interaction.pk).update(status=InteractionStatus.CLOSED, closed_at=NOW)
    shown = flat(browser.post(f"/queues/{cast.queue.pk}/close/", follow=True).content)
    assert "La file Accueil est fermée." in shown
    assert is_closed(cast, cast.queue)
    assert Entry.objects.get(verb="queue.closed").object_label == "Accueil"


def test_a_closed_queue_is_offered_nowhere(cast: Cast) -> None:
    queue = closed(cast, agents=[cast.agent])
    interaction = conversation(cast.channel_queue)
    admin, agent = signed_in(cast.admin), signed_in(cast.agent)
    asked = [
        admin.get("/queues/").content.split(b"queues-closed")[0],
        admin.get("/channels/add/").content,
        admin.get(f"/channels/{cast.channel_queue.pk}/").content,
        admin.get(f"/users/{cast.agent.pk}/").content,
        admin.get("/messages/").content,
        agent.get("/messages/").content,
        admin.get(f"/messages/{interaction.pk}/transfer/").content,
    ]
    assert [b"Ancienne" in content for content in asked] == [False] * len(asked)
    response = admin.post(f"/messages/{interaction.pk}/transfer/", {"to": f"queue-{queue.pk}"}, headers=FRAGMENT)
    assert response.status_code == 409


def test_a_closed_queue_keeps_its_name_where_it_was(cast: Cast) -> None:
    queue = closed(cast, agents=[cast.agent])
    over = conversation(cast.channel_queue, queue=queue, status=InteractionStatus.CLOSED, closed_at=NOW)
    assert b"Ancienne" in signed_in(cast.agent).get(f"/messages/{over.pk}/details/").content


def test_a_closed_queue_is_opened_again_with_its_people(cast: Cast) -> None:
    queue = closed(cast, agents=[cast.agent])
    browser = signed_in(cast.admin)
    assert "Ancienne" in flat(browser.get("/queues/").content.split(b"queues-closed")[1])
    browser.post(f"/queues/{queue.pk}/reopen/")
    assert not is_closed(cast, queue)
    assert members(cast, queue) == {("sophie", True, False)}
    assert Entry.objects.get(verb="queue.reopened").person_id == cast.admin.pk
    browser.post(f"/queues/{queue.pk}/reopen/")
    assert Entry.objects.filter(verb="queue.reopened").count() == 1
