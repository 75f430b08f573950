"""Night in the zones where a number may be, through changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scopchat.masssends.quiet import open_from, zones_of

EVENING, MORNING = time(21), time(9)
ZONES = (
    "America/Toronto",
    "America/Vancouver",
    "America/St_Johns",
    "Europe/Paris",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
)


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+15145550142", ("America/Toronto",)),
        ("+16045550142", ("America/Vancouver",)),
        ("+17095550142", ("America/Halifax", "America/St_Johns")),
        ("+18005550142", ()),
        ("+870773111632", ()),
        ("+33612345678", ("Europe/Paris",)),
    ],
)
def test_a_number_tells_its_zones(number: str, zones: tuple[str, ...]) -> None:
    assert zones_of(number) == zones


@pytest.mark.parametrize(
    ("local", "opens"),
    [
        ("2026-11-28 20:59", "2026-11-28 20:59"),
        ("2026-11-28 21:00", "2026-11-29 09:00"),
        ("2026-11-28 23:30", "2026-11-29 09:00"),
        ("2026-11-29 00:10", "2026-11-29 09:00"),
        ("2026-11-29 09:00", "2026-11-29 09:00"),
        # The clock goes back, and forward, while it is night.
        ("2026-10-31 22:00", "2026-11-01 09:00"),
        ("2027-03-13 22:00", "2027-03-14 09:00"),
    ],
)
def test_nobody_is_woken(local: str, opens: str) -> None:
    zone = ZoneInfo("America/Toronto")
    now, expected = (datetime.fromisoformat(text).replace(tzinfo=zone) for text in (local, opens))
    assert open_from(now.astimezone(UTC), ("America/Toronto",), quiet_from=EVENING, quiet_until=MORNING) == expected


def test_it_is_morning_in_each_zone() -> None:
    now = datetime(2026, 11, 28, 14, tzinfo=UTC)  # 9:00 in Toronto, 6:00 in Vancouver
    zones = ("America/Toronto", "America/Vancouver")
    assert open_from(now, zones, quiet_from=EVENING, quiet_until=MORNING) == now + timedelta(hours=3)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zones=st.lists(st.sampled_from(ZONES), max_size=4, unique=True),
    hours=st.tuples(st.times(), st.times()),
)
def test_the_moment_found_is_in_nobodys_night(now: datetime, zones: list[str], hours: tuple[time, time]) -> None:
    quiet_from, quiet_until = hours
    moment = open_from(now, tuple(zones), quiet_from=quiet_from, quiet_until=quiet_until)
    assert now <= moment <= now + timedelta(days=3)
    if moment < now + timedelta(days=2) and len(zones) == 1:
        local = moment.astimezone(ZoneInfo(zones[0])).time()
        inside = (
            quiet_from <= local < quiet_until
            if quiet_from < quiet_until
            else quiet_from != quiet_until and (local >= quiet_from or local < quiet_until)
        )
        # An end that the clock skips that day has no moment of its own.
        assert not inside or quiet_until < time(4), (local, hours)


def test_no_hours_are_no_night() -> None:
    now = datetime(2026, 11, 28, 8, tzinfo=UTC)
    assert open_from(now, ("America/Toronto",), quiet_from=time(0), quiet_until=time(0)) == now
