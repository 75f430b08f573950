"""Countries, currencies and time zones in people's languages."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from scopchat.common.regions import countries, currencies, time_zones


@pytest.mark.parametrize(
    ("language", "name"), [("fr", "États-Unis"), ("en", "United States"), ("ar", "الولايات المتحدة")]
)
def test_countries_have_their_names(language: str, name: str) -> None:
    assert dict(countries(language))["US"] == name


def test_countries_are_in_the_order_of_their_names_whatever_the_accents() -> None:
    names = [name for _code, name in countries("fr")]
    assert names.index("Égypte") < names.index("Espagne") < names.index("États-Unis") < names.index("Zimbabwe")


def test_currencies_are_those_in_use() -> None:
    found = dict(currencies("fr"))
    assert found["CAD"] == "dollar canadien (CAD)"
    assert "FRF" not in found


def test_time_zones_begin_with_the_companys_country() -> None:
    groups = time_zones("fr", "CA")
    assert groups[0][0] == "Canada"
    assert ("America/Toronto", "Toronto") in groups[0][1]
    assert [name for name, _cities in groups[1:3]] == ["Afghanistan", "Afrique du Sud"]


def test_every_time_zone_offered_exists() -> None:
    for _country, cities in time_zones("en", "CA"):
        for zone, _city in cities:
            ZoneInfo(zone)
