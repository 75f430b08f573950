"""Asking for the jobs that prepare mass sends."""

from __future__ import annotations

from datetime import datetime, timedelta

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from scopchat.masssends.models import MassSend, SendState

TASK = "scopchat.gateway.tasks.prepare_mass_send"
"""The job's name: jobs are above."""
STALE = timedelta(seconds=30)
"""After so long without a step nobody may be working on it."""


def ask_to_prepare(company_id: int, mass_send_id: int) -> None:
    """Asks for the send to be prepared; that it is asked for already is fine. Call outside transactions."""
    name = f"mass-send:{mass_send_id}"
    job = app.configure_task(name=TASK, lock=name, queueing_lock=name, queue="upkeep", allow_unknown=True)
    try:
        job.defer(company=company_id, mass_send=mass_send_id)
    except AlreadyEnqueued:
        return


def ask_for_left_behind(*, now: datetime) -> None:
    """Asks again for what no job may stand for, after a crash, in all companies: call it without a scope."""
    idle = MassSend.objects.filter(state=SendState.PREPARING, touched_at__lt=now - STALE)
    for company_id, pk in list(idle.values_list("company", "pk")):
        ask_to_prepare(company_id, pk)
