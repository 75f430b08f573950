"""How a queue distributes: its form, what the list says of it, and the audit log."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django_scopes import scope

from scopchat.queues.models import Queue
from tests.cast import Cast
from tests.html import flat
from tests.people import signed_in

FRENCH = {"Accept-Language": "fr"}


def save(cast: Cast, **values: Any) -> HttpResponse:
    sent = {
        "name": "Accueil", "distribution": "round_robin", "priority": "30", "max_open": "8", "take_back_after": "3",
        "grace": "4", "agents": [cast.agent.pk, cast.agent2.pk], **values,
    }  # fmt: skip
    return signed_in(cast.admin).post(f"/queues/{cast.queue.pk}/", sent, headers=FRENCH)


def terms(cast: Cast) -> tuple[Any, ...]:
    with scope(company=cast.client):
        queue = Queue.objects.get(pk=cast.queue.pk)
    return queue.distribution, queue.priority, queue.max_open, queue.take_back_after, queue.grace


def test_a_queue_is_manual_until_told_otherwise(cast: Cast) -> None:
    assert terms(cast) == ("manual", 20, None, 5, 2)
    form = signed_in(cast.admin).get("/queues/add/").context["form"]
    assert [form[name].value() for name in ("distribution", "priority", "max_open", "take_back_after", "grace")] == [
        *("manual", 20, None, 5, 2)
    ]


def test_its_terms_are_saved_and_shown_in_the_words_of_the_guide(cast: Cast) -> None:
    assert save(cast).status_code == 302
    assert terms(cast) == ("round_robin", 30, 8, 3, 4)
    browser = signed_in(cast.admin)
    listed = flat(browser.get("/queues/", headers=FRENCH).content)
    assert "Tour à tour, 8 au plus" in listed
    assert "priorité haute" in listed
    shown = flat(browser.get(f"/queues/{cast.queue.pk}/", headers=FRENCH).content)
    assert "À chacun son tour, parmi les présents." in shown
    assert 'value="round_robin" checked' in shown


def test_an_empty_field_sets_no_limit(cast: Cast) -> None:
    assert save(cast, max_open="", take_back_after="").status_code == 302
    assert terms(cast) == ("round_robin", 30, None, None, 4)
    assert "illimité" in flat(signed_in(cast.admin).get(f"/queues/{cast.queue.pk}/", headers=FRENCH).content)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("max_open", "0"), ("max_open", "many"), ("take_back_after", "-1"), ("take_back_after", "40000")),
        *(("grace", ""), ("grace", "0"), ("distribution", "lottery"), ("priority", "99")),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(cast: Cast, name: str, value: str) -> None:
    answer = save(cast, **{name: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [name]
    assert terms(cast) == ("manual", 20, None, 5, 2)


def test_the_audit_log_says_it_in_words(cast: Cast) -> None:
    save(cast)
    shown = flat(signed_in(cast.admin).get("/audit/", headers=FRENCH).content)
    for words in ("Manuelle", "Tour à tour", "Haute", "Conversations au plus, par agent"):
        assert words in shown
