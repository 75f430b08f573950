"""Reading a file of contacts, line by line: what each says, or why it is refused. One line at a time is in memory."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from scopchat.common.csv_export import uncell
from scopchat.common.phones import BadNumber, to_e164
from scopchat.contacts.importing.faults import Fault
from scopchat.contacts.importing.numbers import plain_number

COLUMNS = ("SMS_NUMBER", "FULLNAME", "BUSINESS", "EMAIL", "NOTES")
MAX_NAME, MAX_EMAIL, MAX_NOTE = 120, 254, 2_000
MOST_LINES = 100
"""Of one entry: a quotation mark that is not closed would swallow the file."""
_ROUNDED = re.compile(r"\+?\d+(?:[.,]\d+)?[eE]\+?\d+")
_PLAIN_EMAIL = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*@(?:[A-Za-z0-9]{1,60}\.){1,3}[A-Za-z]{2,20}", re.ASCII)
"""What needs no parser; four times as fast."""
_EMPTY = [""] * len(COLUMNS)


class Entry(NamedTuple):
    """A contact that a line describes."""

    line: int
    number: str
    name: str
    business: str
    email: str
    note: str


class Refused(NamedTuple):
    """A line that describes none."""

    line: int
    cells: list[str]
    fault: Fault


def read(lines: Iterable[str], *, separator: str, country: str) -> Iterator[Entry | Refused]:
    """Each line after the first that is not empty, in order; a number that was further up already is refused."""
    # As integers, in which a million of them are 65 MB.
    seen: set[int] = set()
    for line, cells, closes in _records(lines, separator):
        if not closes:
            yield Refused(line, cells, Fault.OPEN_QUOTE)
            continue
        found = _entry(line, cells, country)
        if isinstance(found, Entry):
            digits = int(found.number)
            if digits in seen:
                found = Refused(line, cells, Fault.DUPLICATE)
            seen.add(digits)
        yield found


class _Unclosed(Exception):
    """A record goes on for too long, or to the end of the file."""


class _Lines:
    """Lines that can be given back, and as `csv` asks for those of a record in quotation marks."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        """Those of the record."""

    def next(self) -> str | None:
        return self._again.popleft() if self._again else next(self._lines, None)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.next() if len(self.taken) < MOST_LINES else None
        if line is None:
            raise _Unclosed
        self.taken.append(line)
        return line + "\n"

    def begin(self, line: str) -> None:
        """The record begins with this line."""
        self.taken.clear()
        self._again.appendleft(line)

    def give_back(self) -> None:
        """All lines of this record but its first are read anew."""
        self._again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def _records(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str], bool]]:
    """Each line but the first and empty ones: its number, its cells, and whether its quotation marks close."""
    source = _Lines(lines)
    quoted = csv.reader(source, delimiter=separator)
    number = 1
    while (line := source.next()) is not None:
        closes, lines_taken = True, 1
        if '"' in line:
            source.begin(line)
            try:
                cells = next(quoted)
            except (_Unclosed, csv.Error):
                source.give_back()
                cells, closes = [line], False
            lines_taken = len(source.taken)
        else:
            cells = line.split(separator)
        if number > 1 and (cells[0].strip() or any(map(str.strip, cells))):
            yield number, cells, closes
        number += lines_taken


def _entry(line: int, cells: list[str], country: str) -> Entry | Refused:
    five = cells if len(cells) == len(COLUMNS) else (cells + _EMPTY)[: len(COLUMNS)]
    typed, name, business, email, note = [
        uncell(cell).strip() if cell.startswith("'") else cell.strip() for cell in five
    ]
    fault, number = None, ""
    if "\0" in "".join(cells):
        fault = Fault.UNREADABLE
    elif len(name) > MAX_NAME or len(business) > MAX_NAME or len(note) > MAX_NOTE:
        fault = Fault.TOO_LONG
    elif email and not _is_email(email):
        fault = Fault.BAD_EMAIL
    else:
        typed = typed.removeprefix("'").strip()
        number = plain_number(typed, country)
        if not number:
            number, fault = _number(typed, country)
    if fault:
        return Refused(line, cells, fault)
    return Entry(line, number, name, business, email, note)


def _number(typed: str, country: str) -> tuple[str, Fault | None]:
    """What is no plain number, as E.164, or what is wrong with it."""
    if not typed:
        return "", Fault.NO_NUMBER
    if "@" in typed:
        return "", Fault.EMAIL_FIRST
    if _ROUNDED.fullmatch(typed):
        return "", Fault.ROUNDED
    try:
        return to_e164(typed, country=country), None
    except BadNumber:
        return "", Fault.BAD_NUMBER


def _is_email(text: str) -> bool:
    if len(text) > MAX_EMAIL:
        return False
    if _PLAIN_EMAIL.fullmatch(text):
        return True
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
