"""Removing what nobody needs any more, a batch at a time, so that no table grows for ever by what it no longer tells.

docs/operations.md says of every table how it grows and what removes its rows; a test holds the two together.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError
from procrastinate.manager import JobManager

from scopchat.accounts import own_sessions
from scopchat.channels import journal_replay
from scopchat.channels.providers.simulator import services as simulator
from scopchat.common.clock import utc_now
from scopchat.contacts import listing
from scopchat.contacts import services as contacts
from scopchat.contacts.importing import services as imports
from scopchat.exports import services as exports
from scopchat.gateway.database import in_thread_unscoped
from scopchat.interactions.services import uploads
from scopchat.tenancy import limits

logger = structlog.get_logger(__name__)

TURN_SECONDS = 30.0
"""How long one table is worked on in a row; what is left has its turn an hour later."""

type Prune = Callable[[datetime], Iterator[int]]
"""Removes what is older than the moment, in transactions of their own; yields how many rows after each."""


@dataclass(frozen=True, slots=True)
class Pruner:
    table: str
    keeps: timedelta
    prune: Prune


PRUNERS = (
    Pruner("channels_inboundevent", timedelta(days=30), journal_replay.prune),
    Pruner("simulator_simulatedtext", timedelta(days=90), simulator.prune),
    Pruner("interactions_upload", timedelta(days=7), uploads.prune),
    Pruner("contacts_contact", timedelta(days=2), contacts.prune),
    Pruner("contacts_contactlist", timedelta(days=2), listing.prune),
    Pruner("contacts_contactimport", imports.FILE_KEPT, imports.prune_files),
    Pruner("contacts_contactimport", imports.ROW_KEPT, imports.prune),
    Pruner("exports_export", exports.FILE_KEPT, exports.prune_files),
    Pruner("exports_export", exports.ROW_KEPT, exports.prune),
    Pruner("django_session", timedelta(0), own_sessions.prune),
    Pruner("tenancy_segmentpool", timedelta(days=40), limits.prune_pools),
)


JOBS_KEPT = timedelta(days=7)
"""Jobs that failed or were given up; those that ended well leave at once."""


async def prune(jobs: JobManager) -> None:
    """Goes through every table that is pruned; trouble with one keeps no other from its turn."""
    hours = int(JOBS_KEPT.total_seconds()) // 3600
    await jobs.delete_old_jobs(nb_hours=hours, include_failed=True, include_cancelled=True, include_aborted=True)
    for pruner in PRUNERS:
        try:
            removed = await in_thread_unscoped(_prune, pruner, utc_now())
        except DatabaseError as error:
            logger.warning("not_pruned", table=pruner.table, error=type(error).__name__)
            continue
        if removed:
            logger.info("pruned", table=pruner.table, rows=removed)


def _prune(pruner: Pruner, now: datetime) -> int:
    removed, ends = 0, time.monotonic() + TURN_SECONDS
    for rows in pruner.prune(now - pruner.keeps):
        removed += rows
        if time.monotonic() > ends:
            break
    return removed
