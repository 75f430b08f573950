"""When nobody is texted: night, in the recipient's own zone, as far as their number tells."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone

MAX_ZONES = 4
"""A number that may be in more zones than these is taken to be where the company is."""
PREFIX = 8
"""Digits by which numbers share their zones: country, area and office codes."""


def zones_of(number: str) -> tuple[str, ...]:
    """Names of the time zones in which an E.164 number may be; empty where that is not known, or too many."""
    return zones_of_those(number[: PREFIX + 1], len(number))


@lru_cache(maxsize=50_000)
def zones_of_those(beginning: str, length: int) -> tuple[str, ...]:
    """The same of all numbers of this length that begin so: with the plus sign and `PREFIX` digits."""
    number = phonenumbers.parse(beginning.ljust(length, "0"))
    found = tuple(zone for zone in timezone.time_zones_for_geographical_number(number) if _exists(zone))
    return found if len(found) <= MAX_ZONES else ()


@lru_cache(maxsize=1_000)
def _exists(zone: str) -> bool:
    """Whether it is a place on earth whose hours are known."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return "/" in zone and not zone.startswith("Etc/")


def open_from(now: datetime, zones: tuple[str, ...], *, quiet_from: time, quiet_until: time) -> datetime:
    """The first moment from `now` on at which it is quiet in none of the zones; `now` itself where it is so already.

    Where there is no such moment within two days, as with zones that are never awake together, the last that was
    found.
    """
    moment = now
    for _turn in range(4 * len(zones)):
        later = max((_out_of_quiet(moment, zone, quiet_from, quiet_until) for zone in zones), default=moment)
        if later == moment or later > now + timedelta(days=2):
            return moment
        moment = later
    return moment


def _out_of_quiet(moment: datetime, zone: str, quiet_from: time, quiet_until: time) -> datetime:
    """The same moment, or when the quiet hours that it lies in end."""
    local = moment.astimezone(ZoneInfo(zone))
    clock = local.time()
    if quiet_from == quiet_until:
        return moment
    if quiet_from < quiet_until:
        is_quiet, days = quiet_from <= clock < quiet_until, 0
    else:
        is_quiet, days = clock >= quiet_from or clock < quiet_until, int(clock >= quiet_from)
    if not is_quiet:
        return moment
    end = datetime.combine(local.date() + timedelta(days=days), quiet_until, tzinfo=local.tzinfo)
    # By the clock on the wall: an hour that is skipped or comes twice changes how long the night is.
    return end.astimezone(moment.tzinfo)
