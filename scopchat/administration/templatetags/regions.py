"""Codes of countries, currencies and time zones by their names, and numbers as they are written."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.translation import get_language

from scopchat.common import regions

register = template.Library()


@register.filter
def country(code: str) -> str:
    """The country's name in the language in force."""
    return dict(regions.countries(get_language() or settings.LANGUAGE_CODE)).get(code, code)


@register.filter
def city(zone: str) -> str:
    """The city a time zone is named after, in the language in force."""
    return regions.city(zone, get_language() or settings.LANGUAGE_CODE)


@register.filter
def number(value: int) -> str:
    """A whole number with the separators of the language in force."""
    return regions.number(value, get_language() or settings.LANGUAGE_CODE)


@register.filter
def currency(code: str) -> str:
    """The currency's name and code in the language in force."""
    return dict(regions.currencies(get_language() or settings.LANGUAGE_CODE)).get(code, code)
