"""When a place is open: literal days, and minute by minute against the plainest reading of the table."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scopchat.automation.hours import Period, Week
from scopchat.automation.public_holidays import days_of, is_holiday, names_of, regions_of

MONTREAL = ZoneInfo("America/Toronto")
OFFICE = Period(time(8), time(17))
WEEK = Week(((OFFICE,),) * 5 + ((), ()), MONTREAL)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MONTREAL)


@pytest.mark.parametrize(
    ("at", "is_open", "since"),
    [
        ("2026-11-23T08:00", True, "2026-11-23T08:00"),
        ("2026-11-23T16:59", True, "2026-11-23T08:00"),
        ("2026-11-23T17:00", False, "2026-11-23T17:00"),
        ("2026-11-24T07:59", False, "2026-11-23T17:00"),
        ("2026-11-21T12:00", False, "2026-11-20T17:00"),
        ("2026-11-23T07:00", False, "2026-11-20T17:00"),
    ],
)
def test_the_stretch_a_moment_lies_in(at: str, is_open: bool, since: str) -> None:
    window = WEEK.window(local(at))
    assert (window.is_open, window.since) == (is_open, local(since))


@pytest.mark.parametrize(
    ("at", "minutes", "since"),
    [
        ("2026-11-23T10:00", 30, "2026-11-23T09:30"),
        # From Friday's last half hour on.
        ("2026-11-23T08:15", 45, "2026-11-20T16:30"),
        # While it is closed nothing counts.
        ("2026-11-22T23:00", 10, "2026-11-20T16:50"),
        ("2026-11-23T08:00", 10, "2026-11-20T16:50"),
    ],
)
def test_so_many_minutes_of_opening_before(at: str, minutes: int, since: str) -> None:
    assert WEEK.back(local(at), minutes) == local(since)


def test_a_night_shift_ends_on_the_next_day_and_touching_ones_are_one() -> None:
    night = Week(((Period(time(18), time(2)),),) * 7, MONTREAL)
    assert night.window(local("2026-11-24T01:59")).since == local("2026-11-23T18:00")
    assert not night.is_open(local("2026-11-24T02:00"))
    round_the_clock = Week(((Period(time(0), time(0)),),) * 7, MONTREAL)
    assert round_the_clock.window(local("2026-11-23T12:00")).is_open
    assert round_the_clock.back(local("2026-11-23T12:00"), 48 * 60) == local("2026-11-21T12:00")


def test_a_day_off_is_closed_but_for_the_night_before() -> None:
    night = Week(((Period(time(18), time(2)),),) * 7, MONTREAL, lambda day: day == date(2026, 12, 25))
    assert night.is_open(local("2026-12-25T01:00"))
    assert not night.is_open(local("2026-12-25T20:00"))
    assert not night.is_open(local("2026-12-26T01:00"))


def test_a_stretch_within_a_longer_one_ends_nothing() -> None:
    whole_day, hour, past_midnight = Period(time(1), time(1)), Period(time(1), time(2)), Period(time(0), time(0, 30))
    week = Week(((), (), (), (), (), (whole_day, hour), (past_midnight,)), MONTREAL)
    assert week.window(local("2026-03-29T00:45")).since == local("2026-03-28T01:00")
    assert not week.is_open(local("2026-03-29T01:00"))


def test_what_never_opens_is_closed_and_nothing_is_due() -> None:
    never = Week(((),) * 7, MONTREAL)
    assert not never.is_open(local("2026-11-23T12:00"))
    assert never.back(local("2026-11-23T12:00"), 1) is None


TIMES = st.times(time(0), time(23, 59)).map(lambda at: at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0))
PERIODS = st.lists(st.builds(Period, TIMES, TIMES), max_size=2).map(tuple)
ZONES = st.sampled_from(["America/Toronto", "Europe/Paris", "Australia/Lord_Howe", "UTC"])


def plainly_open(week: Week, at: datetime) -> bool:
    """Whether the clock on the wall says so: of today's periods, or of one of yesterday that goes past midnight."""
    here = at.astimezone(week.zone)
    clock = here.time()
    today, yesterday = week.days[here.weekday()], week.days[here.weekday() - 1]
    begun = any(period.opens <= clock and (clock < period.closes or period.closes <= period.opens) for period in today)
    return begun or any(period.closes <= period.opens and clock < period.closes for period in yesterday)


@settings(max_examples=150, deadline=None)
@given(
    days=st.tuples(*[PERIODS] * 7),
    zone=ZONES,
    # The clocks change in these days: in Montréal, in Paris, on Lord Howe.
    day=st.sampled_from(["2026-03-08", "2026-03-29", "2026-10-04", "2026-10-25", "2026-11-01", "2026-06-10"]),
    minutes=st.integers(1, 3000),
)
def test_it_agrees_with_the_clock_on_the_wall(
    days: tuple[tuple[Period, ...], ...], zone: str, day: str, minutes: int
) -> None:
    week = Week(days, ZoneInfo(zone))
    begin = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=12)
    # Half hours in which the wall's clock shows each time once; hours that come twice or never are nobody's promise.
    moments = [begin - timedelta(minutes=30 * n) for n in range(72)]
    steady = [
        at
        for at in moments
        if len({(at + timedelta(hours=shift)).astimezone(week.zone).utcoffset() for shift in range(-26, 3)}) == 1
    ]
    for at in steady:
        assert week.is_open(at) == plainly_open(week, at), at
    since = week.back(begin, minutes)
    if (
        since is not None
        and len({begin.astimezone(week.zone).utcoffset(), since.astimezone(week.zone).utcoffset()}) == 1
    ):
        assert week.back(begin, minutes + 1) is None or week.back(begin, minutes + 1) < since  # type: ignore[operator]
        assert opened(week, since, begin) == timedelta(minutes=minutes)


def opened(week: Week, since: datetime, until: datetime) -> timedelta:
    """How long it was open between two moments, stretch by stretch."""
    total, at = timedelta(), until
    while at > since:
        window = week.window(at - timedelta(microseconds=1))
        begins = max(window.since, since)
        total += (at - begins) if window.is_open else timedelta()
        at = begins
    return total


def test_holidays_of_quebec() -> None:
    assert is_holiday("CA-QC", date(2026, 6, 24))
    assert not is_holiday("CA-ON", date(2026, 6, 24))
    assert not is_holiday("", date(2026, 12, 25))
    assert days_of("nowhere", 2026) == frozenset()
    assert (date(2026, 6, 24), "Fête nationale du Québec") in names_of("CA-QC", 2026, "fr")
    assert ("CA-BC", "Colombie-Britannique") in regions_of("CA", "fr")
    assert ("CA-BC", "British Columbia") in regions_of("CA", "en")
    assert regions_of("XX", "fr") == []
