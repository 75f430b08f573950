"""Opening hours and what happens when nobody is there, of the cast's company."""

from __future__ import annotations

from typing import Any

from django_scopes import scope

from scopchat.automation.models import OpeningHours
from scopchat.automation.services.settings import Hours, WhenNobody, create_hours, set_fallback
from scopchat.channels.models import Channel
from scopchat.queues.models import Queue
from tests.cast import Cast

OFFICE = [[["08:00", "17:00"]]] * 5 + [[], []]
CLOSED = "Nous sommes fermés. Nous vous répondrons demain."
NOBODY = "Nous vous répondrons dès que possible."


def office(cast: Cast, **values: Any) -> OpeningHours:
    with scope(company=cast.client):
        return create_hours(company=cast.client, hours=Hours(**{"name": "Bureau", "week": OFFICE, **values}))


def when_nobody(cast: Cast, place: Channel | Queue, **values: Any) -> None:
    with scope(company=cast.client):
        set_fallback(place=place, to=WhenNobody(**values))
