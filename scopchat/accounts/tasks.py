"""Jobs about people."""

from __future__ import annotations

from procrastinate.contrib.django import app

from scopchat.accounts import failures, presence, throttle
from scopchat.common.clock import utc_now
from scopchat.common.threads import in_thread


@app.periodic(cron=f"* * * * * */{presence.LOOK_SECONDS}")
@app.task(queue="upkeep", lock="presence", queueing_lock="presence")
async def settle_presence(timestamp: int) -> None:  # noqa: ARG001
    """Makes away who does nothing, and offline whose last page has gone."""
    await in_thread(presence.settle, now=utc_now())


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", lock="failures", queueing_lock="failures")
async def tell_failures(timestamp: int) -> None:  # noqa: ARG001
    """Counts of failed sign-ins go into the audit log, and what slows nobody any more goes."""
    await in_thread(failures.tell, now=utc_now())
    await in_thread(throttle.clear_old, now=utc_now())
