"""What a file of contacts is written in: its encoding and its separator, found by looking at it."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

SAMPLE_BYTES = 64 * 1024
PIECE_BYTES = 1024 * 1024
MAX_LINE = 20_000
"""Characters that are read as one line; what follows is another, so that no file of one line fills the memory."""
BLOCK = 256 * 1024
"""Characters that are read at once."""
LOOKED_AT = 100
"""Lines by which the separator is chosen."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_KINDS = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"{\\rtf",
)
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1f]")
_LOOKS_LIKE_A_NUMBER = re.compile(r"[ '+(]*\d[\d ().+-]{5,}")


class NotCsv(Exception):
    """The file is none, whatever it is called."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How a file is to be read."""

    encoding: str
    separator: str


def look_at(path: Path) -> Writing:
    """Reads the file through once, a piece at a time. Raises `NotCsv`, and OSError."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if not sample.strip() or sample.startswith(_OTHER_KINDS) or sample.lstrip().startswith((b"<", b"{")):
        raise NotCsv
    encoding = _encoding(path, sample)
    text = sample.decode(encoding, errors="replace")
    if len(_CONTROL.findall(text)) > len(text) / 50:
        raise NotCsv
    return Writing(encoding, _separator(path, encoding))


@dataclass(slots=True)
class Source:
    """The lines of a file without their ends; of more than `MAX_LINE` characters, in parts."""

    path: Path
    encoding: str
    position: int = 0
    """Bytes of the file that have been read, some of them ahead."""

    def __iter__(self) -> Iterator[str]:
        rest = ""
        with self.path.open("rb") as file, TextIOWrapper(file, self.encoding, errors="replace") as text:
            while block := text.read(BLOCK):
                self.position = file.tell()
                *lines, rest = (rest + block).split("\n")
                yield from _short(lines)
                if len(rest) > MAX_LINE:
                    *parts, rest = _short([rest])
                    yield from parts
        if rest:
            yield rest


def _short(lines: list[str]) -> list[str]:
    """The lines, those that are too long in parts."""
    if max(map(len, lines), default=0) <= MAX_LINE:
        return lines
    return [line[begin : begin + MAX_LINE] for line in lines for begin in range(0, len(line) or 1, MAX_LINE)]


def _encoding(path: Path, sample: bytes) -> str:
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    # Before UTF-8: Latin letters in UTF-16 are UTF-8 too, with a NUL in each.
    half = max(len(sample) // 2, 1)
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample[offset::2].count(0) > half / 2 > sample[1 - offset :: 2].count(0) * 4:
            return encoding
    return "utf-8" if _is_utf8(path) else "cp1252"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator(path: Path, encoding: str) -> str:
    """The one by which most lines begin with a number; of several, the one that makes most columns."""
    lines = list(islice(Source(path, encoding), LOOKED_AT))

    def worth(separator: str) -> tuple[int, int]:
        rows = list(csv.reader(lines, delimiter=separator))
        numbers = sum(bool(row) and _LOOKS_LIKE_A_NUMBER.fullmatch(row[0].strip()) is not None for row in rows)
        return numbers, sum(min(len(row), 5) for row in rows)

    return max((",", ";", "\t"), key=worth)
