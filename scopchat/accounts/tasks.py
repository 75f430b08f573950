"""Jobs about people."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from procrastinate import JobContext
from procrastinate.contrib.django import app

from scopchat.accounts import failures, presence, throttle
from scopchat.common.clock import utc_now
from scopchat.common.threads import in_thread


@app.periodic(cron=f"* * * * * */{presence.LOOK_SECONDS}")
@app.task(queue="upkeep", queueing_lock="presence")
async def settle_presence(timestamp: int) -> None:  # noqa: ARG001
    """Makes away who does nothing, and offline whose last page has gone."""
    await in_thread(presence.settle, now=utc_now())


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", queueing_lock="failures")
async def tell_failures(timestamp: int) -> None:  # noqa: ARG001
    """Counts of failed sign-ins go into the audit log, and what slows nobody any more goes."""
    await in_thread(failures.tell, now=utc_now())
    await in_thread(throttle.clear_old, now=utc_now())


JOBS_KEPT_HOURS = 7 * 24
"""Of those that failed: what they were about stands in their arguments."""


@app.periodic(cron="17 * * * *")
@app.task(queue="upkeep", queueing_lock="clear out", pass_context=True)
async def clear_out(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Removes jobs that failed long ago, and sessions that have expired."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=JOBS_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
    await in_thread(Session.objects.filter(expire_date__lt=utc_now()).delete)
