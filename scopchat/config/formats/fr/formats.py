"""Dates as Québec writes them: "24 nov. 2026, 10 h 29" for reading, figures as ISO 8601 where somebody types them."""

from __future__ import annotations

SHORT_DATE_FORMAT = "j N Y"
SHORT_DATETIME_FORMAT = r"j N Y, G \h i"
DATETIME_FORMAT = r"j F Y, G \h i"
TIME_FORMAT = r"G \h i"
DATE_INPUT_FORMATS = ["%Y-%m-%d"]
