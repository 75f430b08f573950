"""What administrators type about opening hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any, NamedTuple

from django import forms
from django.forms.boundfield import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from scopchat.automation.models import OpeningHours
from scopchat.automation.public_holidays import regions_of
from scopchat.automation.services.settings import Hours
from scopchat.tenancy.models import Company

PERIODS = 2
"""In a day: before noon and after it, or the whole day."""
SPARE = 3
"""Empty places for more days off."""
USUAL = [[["08:00", "17:00"]]] * 5 + [[], []]
"""What new hours begin with."""


class PeriodFields(NamedTuple):
    opens: BoundField
    closes: BoundField


@dataclass(frozen=True, slots=True)
class Day:
    """One line of the table."""

    name: Any
    periods: list[PeriodFields]

    @property
    def errors(self) -> list[Any]:
        return [error for period in self.periods for bound in period for error in bound.errors]


def _names(day: int, period: int) -> tuple[str, str]:
    return f"opens_{day}_{period}", f"closes_{day}_{period}"


class DatesField(forms.Field):
    """Some dates, in ISO form; empty places do not count."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: list[str] | None) -> list[str]:
        found = []
        for typed in filter(None, value or ()):
            try:
                found.append(date.fromisoformat(typed).isoformat())
            except ValueError:
                words = gettext("“%(typed)s” is no date.") % {"typed": typed[:40]}
                raise forms.ValidationError(words) from None
        return found


class HoursForm(forms.Form):
    """Opening hours: `hours` once it is clean."""

    name = forms.CharField(label=_("Name"), max_length=80)
    region = forms.ChoiceField(label=_("Closed on the public holidays of"), required=False)
    day_off = DatesField(label=_("Other days off"), required=False)

    def __init__(self, *args: Any, company: Company, hours: OpeningHours | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name"] = hours.name if hours else ""
        self.initial["region"] = hours.region if hours else ""
        self.initial["day_off"] = hours.days_off if hours else []
        region = self.fields["region"]
        assert isinstance(region, forms.ChoiceField)
        region.choices = [("", _("Open on public holidays")), *_regions(company, hours)]
        for day, periods in enumerate(hours.week if hours else USUAL):
            for place in range(PERIODS):
                stored = periods[place] if place < len(periods) else ("", "")
                for name, value in zip(_names(day, place), stored, strict=True):
                    self.fields[name] = forms.TimeField(required=False, initial=value, widget=forms.TimeInput)

    def days(self) -> Iterator[Day]:
        """A line for each day, with its fields."""
        for day, name in WEEKDAYS.items():
            fields = [_names(day, place) for place in range(PERIODS)]
            yield Day(name, [PeriodFields(self[opens], self[closes]) for opens, closes in fields])

    def days_off(self) -> list[str]:
        """What is typed, or stored, with some empty places."""
        return [*filter(None, self["day_off"].value() or []), *[""] * SPARE]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        week = [self._day(day) for day in WEEKDAYS]
        if not self.errors:
            values["hours"] = Hours(values["name"], week, values["region"], tuple(values["day_off"]))
        return values

    def _day(self, day: int) -> list[list[str]]:
        found: list[tuple[time, time]] = []
        for place in range(PERIODS):
            names = _names(day, place)
            opens, closes = self.cleaned_data.get(names[0]), self.cleaned_data.get(names[1])
            if (opens is None) != (closes is None):
                self.add_error(names[0], _("Say when it opens and when it closes, or neither."))
            if opens is not None and closes is not None:
                found.append((opens, closes))
        found.sort()
        ends = [closes if closes > opens else time.max for opens, closes in found]
        if any(opens < before for (opens, _closes), before in zip(found[1:], ends, strict=False)):
            self.add_error(_names(day, PERIODS - 1)[0], _("These two overlap."))
        return [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in found]


def _regions(company: Company, hours: OpeningHours | None) -> list[tuple[str, str]]:
    """Those of the company's country, and what is stored, were it another's."""
    offered = regions_of(company.country, get_language() or company.language)
    stored = hours.region if hours else ""
    if stored and stored not in dict(offered):
        offered = [*offered, (stored, stored)]
    return offered
