"""Writing a batch of a file into the address book, in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scopchat.common.queries import batch, columns
from scopchat.contacts import queries
from scopchat.contacts.importing.reading import Entry
from scopchat.contacts.models import Contact
from scopchat.contacts.signals import contacts_changed

type Known = dict[str, tuple[int, str, str, str]]
"""Contacts by number: id, name, business, e-mail."""


def write(entries: Sequence[Entry], *, company_id: int, list_id: int | None, now: datetime) -> int:
    """Adds those that are new and changes the others, in the running transaction; returns how many are new.

    What a line leaves empty stays as it is. Written twice, it is as if it were written once.
    """
    ids: dict[str, int] = {}
    added: list[str] = []
    renamed: list[str] = []
    left = list(entries)
    # Whoever adds one of them by hand meanwhile makes it known: it is changed in the next turn.
    while left:
        known = _hold(company_id, [one.number for one in left])
        ids.update((number, found[0]) for number, found in known.items())
        renamed += _change([one for one in left if one.number in known], known, now)
        new = _add([one for one in left if one.number not in known], company_id, now)
        ids.update(new)
        added += new
        left = [one for one in left if one.number not in ids]
    noted = _note([(ids[one.number], one.note) for one in entries if one.note], company_id, now)
    if list_id is not None:
        batch(queries.LIST, [company_id, list_id, now, sorted(ids.values())])
    _tell(company_id, [*added, *renamed], in_rows=True, now=now)
    _tell(company_id, [number for number, pk in ids.items() if pk in noted], in_rows=False, now=now)
    return len(added)


def count_known(numbers: Sequence[str], *, company_id: int) -> int:
    """How many of the numbers are contacts already."""
    ((found,),) = batch(queries.COUNT_KNOWN, [company_id, list(numbers)])
    return int(found)


def _hold(company_id: int, numbers: Sequence[str]) -> Known:
    return {number: (pk, *rest) for number, pk, *rest in batch(queries.HOLD, [company_id, numbers])}


def _change(entries: Sequence[Entry], known: Known, now: datetime) -> list[str]:
    """Fills in what the lines say; returns the numbers of those that are otherwise than before."""
    rows, numbers = [], []
    for one in entries:
        pk, *before = known[one.number]
        after = [said or was for said, was in zip((one.name, one.business, one.email), before, strict=True)]
        if after != before:
            rows.append((pk, *after, _search(one.number, *after)))
            numbers.append(one.number)
    if rows:
        batch(queries.CHANGE, [now, *columns(rows, 5)])
    return numbers


def _add(entries: Sequence[Entry], company_id: int, now: datetime) -> dict[str, int]:
    rows = [
        (one.number, one.name, one.business, one.email, _search(one.number, one.name, one.business, one.email))
        for one in entries
    ]
    return dict(batch(queries.ADD, [company_id, now, now, *columns(rows, 5)])) if rows else {}


def _note(notes: Sequence[tuple[int, str]], company_id: int, now: datetime) -> set[int]:
    """Notes without author, each once; returns whose are new."""
    return {pk for (pk,) in batch(queries.NOTE, [company_id, now, *columns(notes, 2)])} if notes else set()


def _search(number: str, name: str, business: str, email: str) -> str:
    return Contact.search_of(number=number, name=name, business=business, email=email)


def _tell(company_id: int, numbers: list[str], *, in_rows: bool, now: datetime) -> None:
    """A signal for the whole batch: a listener asks which of them anybody looks at."""
    if numbers:
        contacts_changed.send(sender=None, company_id=company_id, numbers=sorted(numbers), in_rows=in_rows, now=now)
