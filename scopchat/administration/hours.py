"""Opening hours in words."""

from __future__ import annotations

from datetime import date, time
from itertools import groupby

from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from scopchat.automation.models import OpeningHours
from scopchat.automation.public_holidays import names_of

NEXT = 4
"""So many holidays to come are named."""


def summary_of(hours: OpeningHours) -> list[str]:
    """The week, days with the same hours together: “Monday to Friday, 08:00 to 17:00”."""
    lines: list[str] = []
    for periods, found in groupby(enumerate(hours.week), key=lambda day: day[1]):
        days = [str(WEEKDAYS[place]) for place, _periods in found]
        several = _("%(first)s and %(last)s") if len(days) == 2 else _("%(first)s to %(last)s")
        name = several % {"first": days[0], "last": days[-1]} if len(days) > 1 else days[0]
        said = ", ".join(
            _("%(opens)s to %(closes)s") % {"opens": _clock(opens), "closes": _clock(closes)}
            for opens, closes in periods
        )
        if said:
            lines.append(capfirst(f"{name}, {said}"))
    return lines or [_("Always closed")]


def _clock(at: str) -> str:
    return time_format(time.fromisoformat(at))


def holidays_after(region: str, today: date) -> list[tuple[date, str]]:
    """The next public holidays of a region, with their names."""
    if not region:
        return []
    language = get_language() or ""
    found = names_of(region, today.year, language) + names_of(region, today.year + 1, language)
    return [(day, name) for day, name in found if day >= today][:NEXT]
