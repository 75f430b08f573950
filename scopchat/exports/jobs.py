"""Asking for the jobs that write exports: as many at a time in a company as it may have, the oldest first."""

from __future__ import annotations

from datetime import datetime, timedelta

from django_scopes import scope
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from scopchat.exports.models import UNFINISHED, Export, State

TASK = "scopchat.gateway.tasks.export"
"""The job's name: jobs are above."""
RUNNING_PER_COMPANY = 2
STALE = timedelta(seconds=30)
"""After so long without a batch nobody may be writing it."""


def ask_to_run(company_id: int, export_id: int) -> None:
    """Asks for the export to be written; that it is asked for already is fine. Call outside transactions."""
    name = f"export:{export_id}"
    job = app.configure_task(name=TASK, lock=name, queueing_lock=name, queue="upkeep", allow_unknown=True)
    try:
        job.defer(company=company_id, export=export_id)
    except AlreadyEnqueued:
        return


def ask_for_waiting(company_id: int) -> None:
    """Asks for as many of the company's waiting exports as there is room for. Call outside transactions."""
    with scope(company=company_id):
        room = max(RUNNING_PER_COMPANY - Export.objects.filter(state=State.RUNNING).count(), 0)
        waiting = Export.objects.filter(state=State.WAITING).order_by("pk").values_list("pk", flat=True)
        found = list(waiting[:room])
    for export_id in found:
        ask_to_run(company_id, export_id)


def ask_for_left_behind(*, now: datetime) -> None:
    """Asks again for what no job may stand for, after a crash, in all companies: call it without a scope."""
    idle = Export.objects.filter(state__in=UNFINISHED, touched_at__lt=now - STALE)
    for company_id, export_id in list(idle.filter(state=State.RUNNING).values_list("company", "pk")):
        ask_to_run(company_id, export_id)
    waiting = idle.filter(state=State.WAITING).order_by("company")
    for company_id in list(waiting.values_list("company", flat=True).distinct()):
        ask_for_waiting(company_id)
