"""Writing an export: a batch at a time, each read in its own short statements, by one run that counts.

A run that is killed leaves a file that nobody is given. The next one takes the claim and begins again, and whatever the
earlier one may still do comes to nothing: it finds another claim at its next batch, and the file's last name is given
under the row's lock only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet
from django_scopes import scope

from scopchat.common.csv_export import BYTE_ORDER_MARK, lines
from scopchat.exports import files
from scopchat.exports.jobs import RUNNING_PER_COMPANY
from scopchat.exports.kinds import Batch, Gone
from scopchat.exports.models import UNFINISHED, Export, State, Trouble

logger = structlog.get_logger(__name__)

MAX_ATTEMPTS = 5
"""After so many runs that came to no end there is something in the rows that ends them."""


def begin(company_id: int, export_id: int, *, now: datetime) -> Run | None:
    """The run that writes the export from now on; None where there is nothing to write, or no room in the company."""
    with scope(company=company_id), transaction.atomic():
        # In one order, so that of two that begin at once the second counts the first.
        unfinished = Export.objects.filter(state__in=UNFINISHED).order_by("pk").select_for_update()
        found = {one.pk: one for one in unfinished}
        export = found.pop(export_id, None)
        running = sum(one.state == State.RUNNING for one in found.values())
        if export is None or (export.state == State.WAITING and running >= RUNNING_PER_COMPANY):
            return None
        run = Run(company_id, export_id, uuid4())
        export.claim, export.state, export.touched_at, export.started_at = run.claim, State.RUNNING, now, now
        export.done = export.total = export.rows = 0
        export.attempts += 1
        export.save()
        if export.attempts > MAX_ATTEMPTS:
            logger.error("export_given_up", export=export_id)
            run.fail(Trouble.BROKEN, now=now)
            return None
        # Under the lock: an earlier run that wakes up takes nothing of this one's away.
        files.remove(export_id)
    return run


@dataclass(slots=True)
class Run:
    """One way through the rows of an export."""

    company_id: int
    export_id: int
    claim: UUID
    cursor: str = ""

    def step(self, *, now: datetime) -> bool:
        """Writes the next batch. Returns whether there is another. Raises `OperationalError`, `InterfaceError`."""
        with scope(company=self.company_id):
            try:
                return self._step(now)
            except (OperationalError, InterfaceError):
                raise
            except Gone:
                self.fail(Trouble.GONE, now=now)
            except Exception as error:
                if self._held().exists():
                    logger.exception("export_failed", export=self.export_id, error=type(error).__name__)
                self.fail(Trouble.BROKEN, now=now)
            return False

    def _step(self, now: datetime) -> bool:
        export = self._held().select_related("person__company", "company").first()
        if export is None:
            files.give_up(self.export_id, self.claim)
            return False
        kind, asking = export.described, export.asking
        if not kind.may_export(asking):
            self.fail(Trouble.NOT_ALLOWED, now=now)
            return False
        with asking.in_their_place():
            sight = kind.sight(asking)
            if not self.cursor:
                files.begin(self.export_id, self.claim, BYTE_ORDER_MARK + lines([kind.columns()]))
                self._held().update(saw=sight, total=kind.count(asking))
            elif sight != export.saw:
                self.fail(Trouble.NOT_ALLOWED, now=now)
                return False
            batch = kind.batch(asking, self.cursor)
            files.add(self.export_id, self.claim, lines(batch.rows))
        self._note(batch, now)
        self.cursor = batch.next_cursor
        if not self.cursor:
            self._finish(now)
        return bool(self.cursor)

    def _held(self) -> QuerySet[Export]:
        """The export, while this is the run that writes it."""
        found: QuerySet[Export] = Export.objects.filter(pk=self.export_id, claim=self.claim, state=State.RUNNING)
        return found

    def _note(self, batch: Batch, now: datetime) -> None:
        self._held().update(done=F("done") + batch.done, rows=F("rows") + len(batch.rows), touched_at=now)

    @transaction.atomic
    def _finish(self, now: datetime) -> None:
        export = self._held().select_for_update(of=("self",)).select_related("company").first()
        if export is None:
            files.give_up(self.export_id, self.claim)
            return
        files.keep(self.export_id, self.claim)
        local = now.astimezone(ZoneInfo(export.company.time_zone))
        self._end(State.DONE, now, file_name=f"{export.kind}-{local:%Y-%m-%d-%H%M}.csv", total=export.done)

    def fail(self, trouble: Trouble, *, now: datetime) -> None:
        """Ends it without a file."""
        self._end(State.FAILED, now, trouble=trouble)
        files.give_up(self.export_id, self.claim)

    def _end(self, state: State, now: datetime, **values: Any) -> None:
        self._held().update(state=state, claim=None, finished_at=now, touched_at=now, **values)
