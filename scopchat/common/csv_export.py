"""Tables for spreadsheets: CSV that no spreadsheet takes for a program."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

BYTE_ORDER_MARK = "\ufeff"
"""Stands first in a file, so that spreadsheets read it as UTF-8."""
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: object) -> str:
    """The value as text. What a spreadsheet would run as a formula gets an apostrophe in front (OWASP)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS_A_FORMULA) else text


def uncell(text: str) -> str:
    """The text that `cell` wrote so."""
    is_ours = text.startswith("'") and text[1:].lstrip(" ").startswith(_STARTS_A_FORMULA)
    return text[1:] if is_ours else text


def lines(rows: Iterable[Iterable[object]]) -> str:
    """The rows as CSV (RFC 4180), each line ended."""
    file = StringIO()
    csv.writer(file).writerows([cell(value) for value in row] for row in rows)
    return file.getvalue()
