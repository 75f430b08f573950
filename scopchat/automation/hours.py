"""When a place is open: a weekly table in a time zone, and days on which it stays closed. No database, no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOOK = 60
"""Days that are looked at before a moment: a place that was not open in them counts as one that never opens."""


@dataclass(frozen=True, slots=True)
class Period:
    """From one time of a day to another; an end that is not later is of the next day."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, in UTC; `begins` belongs to it and `ends` does not."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch in which a moment lies, as far as it goes back: a place is open in it, or closed."""

    is_open: bool
    since: datetime


def _never(_day: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Week:
    """Opening hours."""

    days: tuple[tuple[Period, ...], ...]
    """The periods that begin on each day, from Monday on."""
    zone: ZoneInfo
    is_closed_on: Callable[[date], bool] = _never
    """Whether no period begins on a day; one of the day before still ends on it."""

    def window(self, at: datetime) -> Window:
        """The stretch of opening or of closing that goes on at a moment."""
        since = at - timedelta(days=LOOK)
        for span in self._before(at):
            if at < span.ends:
                return Window(is_open=True, since=span.begins)
            return Window(is_open=False, since=span.ends)
        return Window(is_open=False, since=since)

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at a moment."""
        return self.window(at).is_open

    def back(self, at: datetime, minutes: int) -> datetime | None:
        """The latest moment since which it was open for so long; None where it was not, for `LOOK` days."""
        left = timedelta(minutes=minutes)
        for span in self._before(at):
            ends = min(span.ends, at)
            if ends - span.begins >= left:
                return ends - left
            left -= ends - span.begins
        return None

    def _before(self, at: datetime) -> list[Span]:
        """Stretches that began by then, the last first; those that touch or overlap are one."""
        today = at.astimezone(self.zone).date()
        begun = [span for ago in range(LOOK) for span in self._of(today - timedelta(days=ago)) if span.begins <= at]
        merged: list[Span] = []
        for span in sorted(begun, key=lambda span: span.begins):
            if merged and span.begins <= merged[-1].ends:
                merged[-1] = Span(merged[-1].begins, max(merged[-1].ends, span.ends))
            else:
                merged.append(span)
        return merged[::-1]

    def _of(self, day: date) -> list[Span]:
        """The stretches that begin on a day. A clock put forward may leave nothing of one."""
        if self.is_closed_on(day):
            return []
        spans = []
        for period in self.days[day.weekday()]:
            until = day if period.closes > period.opens else day + timedelta(days=1)
            begins, ends = (
                datetime.combine(on, at, self.zone).astimezone(UTC)
                for on, at in ((day, period.opens), (until, period.closes))
            )
            if begins < ends:
                spans.append(Span(begins, ends))
        return spans
