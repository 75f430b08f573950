"""An import's two ways through its file: the preview, which writes nothing, and the saving, in batches.

A preview that was killed begins again. A saving that was killed goes on: each batch is one transaction with the count
of what is saved, by which the next run knows where to begin. A run that was only frozen finds another claim, and writes
nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django_scopes import scope

from scopchat.accounts.roles import Permission
from scopchat.accounts.services import current_company
from scopchat.common.csv_export import BYTE_ORDER_MARK, lines
from scopchat.contacts.importing import files
from scopchat.contacts.importing.decoding import NotCsv, Source, look_at
from scopchat.contacts.importing.faults import Fault
from scopchat.contacts.importing.kept import kept
from scopchat.contacts.importing.reading import COLUMNS, Entry, Refused, read
from scopchat.contacts.importing.writing import count_known, write
from scopchat.contacts.models import UNDER_WAY, ContactImport, ImportState, ImportTrouble

logger = structlog.get_logger(__name__)

BATCH = 10_000
"""Lines that are read at a time."""
SAVED_BYTES = 2_000_000
"""Of what is saved at a time: ten to twenty thousand contacts."""
MAX_LINES = 2_000_000
"""Of a file: the numbers of all its lines are kept in memory, to find those that are there twice."""
MAX_ATTEMPTS = 5
"""After so many runs that came to no end there is something in the file that ends them."""
SHOWN_REFUSED = 20


class TooMany(Exception):
    """The file has more lines than one may have."""


def begin(company_id: int, import_id: int, *, now: datetime) -> Run | None:
    """The run that works on the import from now on; None where there is nothing to do."""
    with scope(company=company_id), transaction.atomic():
        found = ContactImport.objects.filter(pk=import_id, state__in=UNDER_WAY).select_for_update().first()
        if found is None:
            return None
        run = Run(company_id, import_id, uuid4(), found.state == ImportState.SAVING)
        found.claim, found.touched_at = run.claim, now
        found.started_at = found.started_at or now
        found.attempts += 1
        found.save(update_fields=["claim", "touched_at", "started_at", "attempts"])
        if found.attempts > MAX_ATTEMPTS:
            logger.error("import_given_up", contact_import=import_id)
            run.fail(ImportTrouble.BROKEN, now=now)
            return None
    return run


@dataclass(slots=True)
class Run:
    """One way through a file."""

    company_id: int
    import_id: int
    claim: UUID
    saves: bool
    _source: Source | None = None
    _batches: Iterator[tuple[Any, ...]] | None = None
    _counts: Counter[str] = field(default_factory=Counter)
    _shown: list[tuple[int, str, str]] = field(default_factory=list)

    def step(self, *, now: datetime) -> bool:
        """Takes the next batch; returns whether there is another. Raises `OperationalError`, `InterfaceError`."""
        with scope(company=self.company_id):
            try:
                return self._step(now)
            except (OperationalError, InterfaceError):
                raise
            except NotCsv:
                self.fail(ImportTrouble.NOT_CSV, now=now)
            except TooMany:
                self.fail(ImportTrouble.TOO_MANY, now=now)
            except Exception as error:
                if self._held().exists():
                    logger.exception("import_failed", contact_import=self.import_id, error=type(error).__name__)
                self.fail(ImportTrouble.BROKEN, now=now)
            return False

    def _step(self, now: datetime) -> bool:
        found = self._held().select_related("person__company", "company").first()
        if found is None:
            self._give_up()
            return False
        if not _may_import(found):
            self.fail(ImportTrouble.NOT_ALLOWED, now=now)
            return False
        with translation.override(found.person.language):
            return self._save(found, now) if self.saves else self._preview(found, now)

    def _preview(self, found: ContactImport, now: datetime) -> bool:
        if self._batches is None:
            writing = look_at(files.brought(found.pk))
            found.encoding, found.separator = writing.encoding, writing.separator
            self._held().update(encoding=writing.encoding, separator=writing.separator)
            self._source = Source(files.brought(found.pk), found.encoding)
            lines_ = read(self._source, separator=found.separator, country=found.country)
            self._batches = batched(lines_, BATCH, strict=False)
            self._begin_files()
        rows = next(self._batches, None)
        if rows is None:
            self._finish_preview(now)
            files.brought(self.import_id).unlink(missing_ok=True)
            return False
        self._look_at(rows)
        if self._counts["lines"] > MAX_LINES:
            raise TooMany
        position = self._source.position if self._source else 0
        self._held().update(lines=self._counts["lines"], bytes_read=position, touched_at=now)
        return True

    def _begin_files(self) -> None:
        files.entries_part(self.import_id, self.claim).touch(mode=settings.FILE_UPLOAD_PERMISSIONS)
        path = files.refused_part(self.import_id, self.claim)
        path.write_text(BYTE_ORDER_MARK + lines([[*COLUMNS, _("What is wrong"), _("Line")]]), newline="")

    def _look_at(self, rows: tuple[Entry | Refused, ...]) -> None:
        entries = [row for row in rows if isinstance(row, Entry)]
        refused = [row for row in rows if isinstance(row, Refused)]
        known = count_known([entry.number for entry in entries], company_id=self.company_id)
        doubles = sum(row.fault is Fault.DUPLICATE for row in refused)
        self._counts.update(
            lines=len(rows), known=known, new=len(entries) - known, duplicates=doubles, invalid=len(refused) - doubles
        )
        shown = refused[: SHOWN_REFUSED - len(self._shown)]
        self._shown += [(row.line, (row.cells or [""])[0][:40].replace("\0", ""), row.fault.value) for row in shown]
        text = lines([*(row.cells + [""] * 5)[:5], row.fault.label, row.line] for row in refused)
        with files.refused_part(self.import_id, self.claim).open("a", newline="", encoding="utf-8") as file:
            file.write(text)
        with files.entries_part(self.import_id, self.claim).open("ab") as kept_file:
            kept_file.write(kept(entries))

    @transaction.atomic
    def _finish_preview(self, now: datetime) -> None:
        if not self._held().select_for_update().exists():
            self._give_up()
            return
        files.refused_part(self.import_id, self.claim).replace(files.refused(self.import_id))
        files.keep_entries(self.import_id, self.claim)
        self._end(ImportState.READY, now, first_refused=self._shown, **self._counts)

    def _save(self, found: ContactImport, now: datetime) -> bool:
        lines_ = files.next_lines(self.import_id, found.bytes_saved, SAVED_BYTES)
        with transaction.atomic():
            held = self._held().select_for_update().first()
            if held is None or held.bytes_saved != found.bytes_saved:
                return False
            if lines_:
                held.added += write(lines_, company_id=self.company_id, list_id=held.onto_id, now=now)
                held.done += len(lines_)
                held.bytes_saved += sum(map(len, lines_))
                held.touched_at = now
                held.save(update_fields=["added", "done", "bytes_saved", "touched_at"])
            else:
                self._end(ImportState.DONE, now)
        if not lines_:
            files.remove_brought(self.import_id)
        return bool(lines_)

    def _held(self) -> QuerySet[ContactImport]:
        """The import, while this is the run that works on it."""
        states = ImportState.SAVING if self.saves else ImportState.READING
        found: QuerySet[ContactImport] = ContactImport.objects.filter(pk=self.import_id, claim=self.claim, state=states)
        return found

    def fail(self, trouble: ImportTrouble, *, now: datetime) -> None:
        """Ends it; what is saved stays."""
        if self._end(ImportState.FAILED, now, trouble=trouble):
            files.remove_brought(self.import_id)
        self._give_up()

    def _give_up(self) -> None:
        files.give_up(self.import_id, self.claim)

    def _end(self, state: ImportState, now: datetime, **values: Any) -> int:
        return self._held().update(state=state, claim=None, touched_at=now, **values)


def _may_import(found: ContactImport) -> bool:
    person = found.person
    reaches = person.may_sign_in and current_company(user=person, named=found.company_id) is not None
    return reaches and person.may(Permission.EDIT_CONTACTS)
