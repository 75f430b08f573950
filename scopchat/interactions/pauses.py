"""The moments until which a conversation may be paused, in the company's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

MORNING, EVENING = time(9), time(17)
MONDAY = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """One of the choices; without a date somebody has to end the pause."""

    key: str
    label: str | Promise
    at: datetime | None


def moments(now: datetime) -> list[Moment]:
    """What is offered at this moment, in the time zone in force: this evening only before it has come."""
    here = localtime(now)

    def on(days: int, at: time) -> datetime:
        return datetime.combine(here.date() + timedelta(days=days), at, here.tzinfo)

    tonight, tomorrow = on(0, EVENING), on(1, MORNING)
    monday = on((MONDAY - here.weekday()) % 7 or 7, MORNING)
    offered = [Moment("tonight", _("This evening"), tonight)] if tonight > here else []
    offered.append(Moment("tomorrow", _("Tomorrow morning"), tomorrow))
    if monday != tomorrow:
        offered.append(Moment("monday", _("Monday morning"), monday))
    return [*offered, Moment("open", _("No date"), None)]
