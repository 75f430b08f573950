"""Rows of the inbox, drawn for one language after the other."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from scopchat.common.outlines import on_one_line
from scopchat.interactions.rows import Facts, draw, row_of
from scopchat.interactions.status import InteractionStatus

FACTS = Facts(
    pk=7,
    company_id=3,
    channel_id=4,
    queue_id=5,
    assignee_id=6,
    status=InteractionStatus.OPEN,
    customer="+15145550142",
    unread=3,
    preview="Bonjour <b>Léa</b> & Zoé",
    ours=True,
    waiting_since=None,
    last_activity_at=datetime(2026, 11, 24, 2, 30, tzinfo=UTC),
    changed_at=datetime(2026, 11, 24, 2, 30, tzinfo=UTC),
    offered="person",
    escalated=False,
    wake_at=datetime(2026, 11, 25, 2, 30, tzinfo=UTC),
    contact=None,
    words=None,
    labels=None,
    channel="Ligne",
    queue='Ventes "B"',
    assignee="Zoé <O'Neil>",
    country="CA",
    time_zone="America/Toronto",
)


def drawn(facts: Facts, language: str, zone: str = "America/Toronto") -> str:
    with translation.override(language), timezone.override(zone):
        return draw([row_of(facts)])


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_a_row_is_said_in_each_language() -> None:
    facts = replace(FACTS, preview="Oui", assignee="Zoé")

    assert words(drawn(facts, "fr")) == (
        "42 514 555-0142 23 nov. 2026 À prendre · Zoé Vous : Oui Ouvert "
        "jusqu’au 24 nov. 2026, 21 h 30 · Ventes &quot;B&quot; · Zoé 3 non lus"
    )
    assert words(drawn(facts, "en")) == (
        "42 514 555-0142 Nov 23, 2026 To take · Zoé You: Oui Open "
        "until Nov 24, 2026, 9:30 p.m. · Ventes &quot;B&quot; · Zoé 3 unread"
    )


def test_what_people_write_is_escaped() -> None:
    html = drawn(FACTS, "fr")

    assert "Bonjour &lt;b&gt;Léa&lt;/b&gt; &amp; Zoé" in html
    assert "Zoé &lt;O&#x27;Neil&gt;" in html
    assert "Ventes &quot;B&quot;" in html


def test_the_day_is_that_of_who_looks() -> None:
    assert 'datetime="2026-11-23T21:30:00-05:00"' in drawn(FACTS, "fr")
    assert 'datetime="2026-11-24T03:30:00+01:00"' in drawn(FACTS, "fr", "Europe/Paris")


def test_the_thread_that_is_open_is_marked() -> None:
    with translation.override("fr"):
        assert 'id="row-7" aria-current="true"' in draw([row_of(FACTS)], selected=7)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_shape_says_what_is_in_it_and_nothing_else(language: str) -> None:
    """A row that is filled in is the row that the template makes of its values."""
    for unread, preview, assignee, offered, escalated, ours, wake_at, contact in product(
        [0, 1, 2],
        ["", "Oui"],
        [None, "Zoé"],
        ["", "person", "queue"],
        [False, True],
        [False, True],
        [None, FACTS.wake_at],
        [None, "<Léa> Roy"],
    ):
        facts = replace(
            FACTS,
            unread=unread,
            preview=preview,
            assignee=assignee,
            offered=offered,
            escalated=escalated,
            ours=ours,
            wake_at=wake_at,
            contact=contact,
        )
        assert drawn(facts, language) == _by_the_template(facts, language)


def _by_the_template(facts: Facts, language: str) -> str:
    row = row_of(facts)
    values = {name: getattr(row, name) for name in row.__slots__}
    until = {"fr": "24 nov. 2026, 21 h 30", "en": "Nov 24, 2026, 9:30 p.m."}[language]
    with translation.override(language), timezone.override("America/Toronto"):
        shown = {
            **values,
            "address": f"/c/{facts.company_id}/messages/{facts.pk}/",
            "menu_address": f"/c/{facts.company_id}/messages/{facts.pk}/menu/",
            "at": "2026-11-23T21:30:00-05:00",
            "day": {"fr": "23 nov. 2026", "en": "Nov 23, 2026"}[language],
            "until": until if facts.wake_at else "",
            "one_unread": facts.unread == 1,
            "status_label": InteractionStatus(facts.status).label,
        }
        return on_one_line(render_to_string("interactions/row.html", {"row": shown}))
