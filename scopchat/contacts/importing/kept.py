"""What the preview has read, kept as `COPY` reads it: saving hands it to the database without looking at it again."""

from __future__ import annotations

from collections.abc import Iterable

from scopchat.contacts.importing.reading import Entry
from scopchat.contacts.models import Contact

COLUMNS = ("number", "name", "business", "email", "note", "search")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def kept(entries: Iterable[Entry]) -> bytes:
    """A line each, in the text format of PostgreSQL's `COPY`; no line is empty."""
    return "".join(map(_line, entries)).encode()


def _line(entry: Entry) -> str:
    _place, number, name, business, email, note = entry
    search = Contact.search_of(number=number, name=name, business=business, email=email)
    cells = (number, name, business, email, note, search)
    text = "\t".join(cells)
    if "\\" in text or "\r" in text or text.count("\t") >= len(cells):
        return "\t".join([cell.translate(_ESCAPES) for cell in cells]) + "\n"
    return text.replace("\n", r"\n") + "\n"
