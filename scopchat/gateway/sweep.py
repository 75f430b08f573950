"""Finding work that no job stands for, after a crash between a commit and its job, a failed drain or a backoff."""

from __future__ import annotations

from scopchat.automation.distribution import distribute_everywhere
from scopchat.automation.services.replies import queue_replies
from scopchat.automation.services.unattended import attend_everywhere
from scopchat.channels import queries as channel_queries
from scopchat.channels.drains import Work, defer_drain
from scopchat.common.clock import utc_now
from scopchat.contacts.importing import jobs as import_jobs
from scopchat.exports import jobs as export_jobs
from scopchat.gateway import copies, queries
from scopchat.interactions.services import lifecycle, stopping
from scopchat.masssends import jobs as mass_sends


def sweep() -> None:
    """Defers what has due work, ends what can never leave and pauses that are over, replies, distributes
    and ends what nobody sees to."""
    copies.look(utc_now())
    stopping.fail_left_behind()
    for shard in channel_queries.shards_to_route():
        defer_drain(Work.ROUTE, shard)
    for shard in queries.shards_to_send(utc_now()):
        defer_drain(Work.SEND, shard)
    # Last: trouble with these keeps no text from leaving.
    lifecycle.wake(now=utc_now())
    queue_replies()
    distribute_everywhere()
    attend_everywhere()
    mass_sends.ask_for_left_behind(now=utc_now())
    export_jobs.ask_for_left_behind(now=utc_now())
    import_jobs.ask_for_left_behind(now=utc_now())
