"""Jobs about people."""

from __future__ import annotations

from procrastinate.contrib.django import app

from scopchat.accounts import presence
from scopchat.common.clock import utc_now
from scopchat.common.threads import in_thread


@app.periodic(cron=f"* * * * * */{presence.LOOK_SECONDS}")
@app.task(queue="upkeep", queueing_lock="presence")
async def settle_presence(timestamp: int) -> None:  # noqa: ARG001
    """Makes away who does nothing, and offline whose last page has gone."""
    await in_thread(presence.settle, now=utc_now())
