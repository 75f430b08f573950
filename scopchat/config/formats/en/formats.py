"""Dates with the month's name: 12/04 is April to some who read English, and December to others."""

from __future__ import annotations

SHORT_DATE_FORMAT = "M j, Y"
SHORT_DATETIME_FORMAT = "M j, Y, g:i a"
