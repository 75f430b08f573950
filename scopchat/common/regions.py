"""Countries, currencies, time zones and numbers as any language writes them (Unicode's CLDR, through Babel)."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

import phonenumbers
from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location
from babel.numbers import format_decimal, get_territory_currencies

from scopchat.common.folding import fold

Choices = list[tuple[str, str]]


def _by_name(choices: Choices) -> Choices:
    return sorted(choices, key=lambda choice: fold(choice[1]))


@lru_cache
def countries(language: str) -> Choices:
    """Codes (ISO 3166) and names of the countries whose telephone numbers can be read."""
    names = Locale.parse(language).territories
    return _by_name([(code, names[code]) for code in phonenumbers.SUPPORTED_REGIONS if code in names])


@lru_cache
def currencies(language: str) -> Choices:
    """Codes (ISO 4217) and names of the currencies in use."""
    names = Locale.parse(language).currencies
    in_use = {code for country, _name in countries(language) for code in get_territory_currencies(country)}
    return _by_name([(code, f"{names.get(code, code)} ({code})") for code in in_use])


def number(value: int, language: str) -> str:
    """A whole number with the language's separators."""
    return format_decimal(value, locale=language)


def city(zone: str, language: str) -> str:
    """The city a time zone (IANA) is named after."""
    return get_timezone_location(zone, locale=language, return_city=True)


@lru_cache
def time_zones(language: str, first: str) -> list[tuple[str, Choices]]:
    """Names (IANA) and cities of time zones by country, the country with the code `first` first."""
    known, zones = available_timezones(), get_global("territory_zones")
    groups = []
    for code, name in countries(language):
        cities = [(zone, city(zone, language)) for zone in zones.get(code, ()) if zone in known]
        if cities:
            groups.append((code != first, name, _by_name(cities)))
    groups.sort(key=lambda group: group[0])
    return [(name, cities) for _other, name, cities in groups]
