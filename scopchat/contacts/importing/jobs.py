"""Asking for the jobs that read and save files of contacts."""

from __future__ import annotations

from datetime import datetime, timedelta

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from scopchat.contacts.models import UNDER_WAY, ContactImport

TASK = "scopchat.gateway.tasks.import_contacts"
"""The job's name: jobs are above."""
STALE = timedelta(seconds=30)
"""After so long without a batch nobody may be working on it."""


def ask_to_run(company_id: int, import_id: int) -> None:
    """Asks for the next step of the import; that it is asked for already is fine. Call outside transactions."""
    name = f"import:{import_id}"
    job = app.configure_task(name=TASK, lock=name, queueing_lock=name, queue="upkeep", allow_unknown=True)
    try:
        job.defer(company=company_id, import_id=import_id)
    except AlreadyEnqueued:
        return


def ask_for_left_behind(*, now: datetime) -> None:
    """Asks again for what no job may stand for, after a crash, in all companies: call it without a scope."""
    idle = ContactImport.objects.filter(state__in=UNDER_WAY, touched_at__lt=now - STALE)
    for company_id, import_id in list(idle.values_list("company", "pk")):
        ask_to_run(company_id, import_id)
