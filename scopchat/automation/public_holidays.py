"""Public holidays by country and region, as the library `holidays` knows them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale

from scopchat.common.folding import fold

if TYPE_CHECKING:
    from holidays import HolidayBase

SEPARATOR = "-"


@lru_cache(maxsize=256)
def days_of(region: str, year: int) -> frozenset[date]:
    """The holidays of a region, such as `CA-QC`, in a year. None where the region is not known."""
    return frozenset(_calendar(region, year, None) or ())


def names_of(region: str, year: int, language: str) -> list[tuple[date, str]]:
    """The same with their names, in the language where the library has it, in their order."""
    return sorted((_calendar(region, year, language) or {}).items())


def is_holiday(region: str, day: date) -> bool:
    """Whether a day is one; no day is where no region is named."""
    return bool(region) and day in days_of(region, day.year)


def _calendar(region: str, year: int, language: str | None) -> HolidayBase | None:
    # Half a second and nine megabytes, for companies that name a region.
    import holidays

    country, _sep, part = region.partition(SEPARATOR)
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=year)
        spoken = next((one for one in found.supported_languages if language and one.startswith(language)), None)
        return holidays.country_holidays(country, subdiv=part or None, years=year, language=spoken)
    except NotImplementedError:
        return None


def regions_of(country: str, language: str) -> list[tuple[str, str]]:
    """The country and its regions: codes with names. Empty where the library knows nothing of the country."""
    import holidays

    parts = holidays.list_supported_countries().get(country)
    if parts is None:
        return []
    names: dict[str, list[str]] = {}
    for name, code in holidays.country_holidays(country).subdivisions_aliases.items():
        names.setdefault(code, []).append(name)
    # Names in English come first; a country's own come after them.
    place = 0 if language == "en" else -1
    labels = [(f"{country}{SEPARATOR}{part}", names.get(part, [part])[place]) for part in parts]
    whole = Locale.parse(language).territories.get(country, country)
    return [(country, whole), *sorted(labels, key=lambda label: fold(label[1]))]
