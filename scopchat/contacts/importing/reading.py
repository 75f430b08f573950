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
from scopchat.common.phones import BadNumber
from scopchat.contacts.importing.faults import Fault
from scopchat.contacts.importing.numbers import read_number

COLUMNS = ("SMS_NUMBER", "FULLNAME", "BUSINESS", "EMAIL", "NOTES")
MAX_NAME, MAX_EMAIL, MAX_NOTE = 120, 254, 2_000
MOST_LINES = 100
"""Of one entry: a quotation mark that is not closed would swallow the file."""
_ROUNDED = re.compile(r"\+?\d+(?:[.,]\d+)?[eE]\+?\d+")
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
    for line, cells in _records(lines, separator):
        if cells is None:
            yield Refused(line, [], Fault.OPEN_QUOTE)
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
    """Lines as `csv` asks for them, which can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) == MOST_LINES:
            raise _Unclosed
        line = self._again.popleft() if self._again else next(self._lines, None)
        if line is None:
            if self.taken:
                raise _Unclosed
            raise StopIteration
        self.taken.append(line)
        return line

    def give_back(self) -> None:
        """All lines of this record but its first are read anew."""
        self._again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def _records(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str] | None]]:
    """Each line but the first and empty ones: its number and cells, None where quotation marks do not close."""
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=separator)
    line = 1
    while True:
        cells: list[str] | None
        source.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (_Unclosed, csv.Error):
            source.give_back()
            cells = None
        if line > 1 and (cells is None or any(map(str.strip, cells))):
            yield line, cells
        line += len(source.taken)


def _entry(line: int, cells: list[str], country: str) -> Entry | Refused:
    typed, name, business, email, note = [uncell(cell).strip() for cell in (cells + _EMPTY)[: len(COLUMNS)]]
    typed = typed.removeprefix("'").strip()
    fault, number = None, ""
    if "\0" in "".join(cells):
        fault = Fault.UNREADABLE
    elif len(name) > MAX_NAME or len(business) > MAX_NAME or len(note) > MAX_NOTE:
        fault = Fault.TOO_LONG
    elif email and not _is_email(email):
        fault = Fault.BAD_EMAIL
    else:
        try:
            number = read_number(typed, country)
        except BadNumber:
            fault = _why(typed)
    if fault:
        return Refused(line, cells, fault)
    return Entry(line, number, name, business, email, note)


def _why(typed: str) -> Fault:
    """What is wrong with this in place of a number."""
    if not typed:
        return Fault.NO_NUMBER
    if "@" in typed:
        return Fault.EMAIL_FIRST
    return Fault.ROUNDED if _ROUNDED.fullmatch(typed) else Fault.BAD_NUMBER


def _is_email(text: str) -> bool:
    if len(text) > MAX_EMAIL:
        return False
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
