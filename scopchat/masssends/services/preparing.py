"""Preparing a mass send: who gets it, each once, and what it will take, before anybody confirms it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django_scopes import scope

from scopchat.common.queries import batch
from scopchat.masssends import queries, quiet
from scopchat.masssends.audience import Audience
from scopchat.masssends.models import MassSend, Recipient, SendState
from scopchat.masssends.rendering import has_fields, rendered
from scopchat.masssends.sizes import is_too_long, segments_of

STEP = 50_000
"""Recipients whose texts are measured in one go."""
State = Recipient.State


class Preparation:
    """One way through a send's recipients. One that was killed begins again; nothing has left."""

    def __init__(self, company_id: int, mass_send_id: int) -> None:
        self._company_id = company_id
        self._id = mass_send_id
        self._made_of: datetime | None = None
        self._next = 0
        self._segments = 0
        self._too_long = 0

    def step(self, *, now: datetime) -> bool:
        """Takes the next step; returns whether there is another."""
        with scope(company=self._company_id), transaction.atomic():
            found = MassSend.objects.filter(pk=self._id, state=SendState.PREPARING).select_for_update().first()
            if found is None:
                return False
            if self._made_of is None:
                self._choose(found)
            elif self._made_of != found.touched_at:
                # It was written anew meanwhile: a job for that is asked for.
                return False
            elif self._next <= found.last_id and has_fields(found.text):
                self._measure(found)
            else:
                self._finish(found, now)
            found.touched_at = self._made_of = now
            found.save()
        return found.state == SendState.PREPARING

    def _choose(self, found: MassSend) -> None:
        forget_recipients(found)
        audience = Audience.of(found.audience)
        parameters = {
            "company": found.company_id,
            "mass_send": found.pk,
            "channel": found.channel_id,
            "lists": list(audience.lists),
            "labels": list(audience.labels),
            "numbers": list(audience.numbers),
            "without": list(audience.without),
            "everybody": audience.everybody,
            "waiting": State.WAITING.value,
            "opted_out": State.OPTED_OUT.value,
        }
        batch(queries.SORT_IN_MEMORY, [])
        ((chosen, numbers, entered, opted_out, first, last),) = batch(queries.statement("choose"), parameters)
        found.chosen, found.recipients, found.opted_out = chosen, entered, opted_out
        found.duplicates, found.excluded = chosen - numbers, numbers - entered
        found.invalid = len(audience.invalid)
        found.first_id, found.last_id, found.position = first, last, first - 1
        self._next = first

    def _measure(self, found: MassSend) -> None:
        last = min(self._next + STEP - 1, found.last_id)
        parameters = {
            "mass_send": found.pk, "first": self._next, "last": last, "waiting": State.WAITING.value,
        }  # fmt: skip
        for name, business, times in batch(queries.statement("names"), parameters):
            text = rendered(found.text, found.closing, {"name": name, "business": business})
            self._segments += times * segments_of(text)
            self._too_long += times * is_too_long(text)
        self._next = last + 1

    def _finish(self, found: MassSend, now: datetime) -> None:
        if not has_fields(found.text):
            text, waiting = rendered(found.text, found.closing, {}), found.recipients - found.opted_out
            self._segments, self._too_long = waiting * segments_of(text), waiting * is_too_long(text)
        found.segments, found.too_long = self._segments, self._too_long
        found.asleep, found.awake_at = _asleep(found, max(now, found.starts_at or now))
        found.state = SendState.READY


def _asleep(found: MassSend, at: datetime) -> tuple[int, datetime | None]:
    """For how many it is night at this moment, and when the last of them are awake."""
    zone = (found.company.time_zone,)
    waits: dict[datetime, int] = {}
    alike = [quiet.PREFIX + 1, found.first_id, found.last_id, found.pk, State.WAITING.value]
    for beginning, length, times in batch(queries.BEGINNINGS, alike):
        zones = quiet.zones_of_those(beginning, length) or zone
        awake = quiet.open_from(at, zones, quiet_from=found.quiet_from, quiet_until=found.quiet_until)
        if awake > at:
            waits[awake] = waits.get(awake, 0) + times
    return sum(waits.values()), max(waits, default=None)


def forget_recipients(mass_send: MassSend) -> None:
    """Those of an earlier preparation, in the running transaction."""
    if mass_send.last_id >= mass_send.first_id:
        batch(queries.FORGET, [mass_send.first_id, mass_send.last_id, mass_send.pk])
