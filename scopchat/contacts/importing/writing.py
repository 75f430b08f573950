"""Writing a batch of a file into the address book, in a few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from scopchat.common.queries import batch, columns
from scopchat.contacts import queries
from scopchat.contacts.models import Contact
from scopchat.contacts.signals import contacts_changed


def write(lines: Sequence[bytes], *, company_id: int, list_id: int | None, now: datetime) -> int:
    """Adds those of the lines (`kept`) that are new and changes the others, in the running transaction.

    Returns how many are new. What a line leaves empty stays as it is. Written twice, it is as if it were written once.
    """
    queries.take(b"".join(lines))
    added = [number for (number,) in batch(queries.ADD, [company_id, now, now])]
    are_new = len(added) == len(lines)
    # After those that are new: whoever was added by hand meanwhile is among the known.
    batch(queries.FIND, [company_id, list_id is not None or not are_new])
    found = {pk: rest for pk, *rest in batch(queries.FOUND, [])}
    changed = [] if are_new else _change(found, now)
    noted = {found[pk][0] for (pk,) in batch(queries.NOTE, [company_id, now])}
    if list_id is not None:
        batch(queries.LIST, [company_id, list_id, now])
    in_rows = {*added, *changed}
    _tell(company_id, in_rows, in_rows=True, now=now)
    _tell(company_id, noted - in_rows, in_rows=False, now=now)
    return len(added)


def count_known(numbers: Sequence[str], *, company_id: int) -> int:
    """How many of the numbers are contacts already."""
    ((found,),) = batch(queries.COUNT_KNOWN, [company_id, list(numbers)])
    return int(found)


def _change(found: Mapping[int, Sequence[str]], now: datetime) -> list[str]:
    """Fills in what the lines say of contacts; returns the numbers of those that are otherwise than before."""
    rows, numbers = [], []
    for pk, *before in batch(queries.HOLD, []):
        number, *said = found[pk]
        after = [new or old for new, old in zip(said, before, strict=True)]
        if after != before:
            name, business, email = after
            search = Contact.search_of(number=number, name=name, business=business, email=email)
            rows.append((pk, *after, search))
            numbers.append(number)
    if rows:
        batch(queries.CHANGE, [now, *columns(rows, 5)])
    return numbers


def _tell(company_id: int, numbers: set[str], *, in_rows: bool, now: datetime) -> None:
    """A signal for the whole batch: a listener asks which of them anybody looks at."""
    if numbers:
        contacts_changed.send(sender=None, company_id=company_id, numbers=sorted(numbers), in_rows=in_rows, now=now)
