"""Two copies of one installation: at most one of them sends, and none what the other may have sent.

Whoever restores a dump, replays an archive or promotes a replica has a second database in which texts are queued that
the first may have sent since. So the installation knows on which database it is (`Installation.place`). On any other it
marks unknown whatever is queued, and sends nothing until somebody says that no other copy can (docs/decisions/0023).
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from scopchat.gateway import queries
from scopchat.interactions.services import sending
from scopchat.masssends.services.steering import pause_copied

logger = structlog.get_logger(__name__)


def look(now: datetime) -> bool:
    """Whether this database may send. Holds sending, and doubts what is queued, where it is a copy.

    Asked by every sweep, so that a copy holds before somebody writes a text in it; runs ask as they take their lease.
    """
    here, held_at = queries.where_we_are()
    if not here:
        _hold(now)
    return here and held_at is None


@transaction.atomic
def _hold(now: datetime) -> None:
    # Results and receipts change the same messages, each under the lock of its shard.
    queries.every_shard()
    if queries.hold_sending(now):
        pause_copied()
        logger.warning("sending_held", texts=sending.doubt_queued(now=now))


def held_since() -> datetime | None:
    """Since when this database sends nothing; None when it may send, or has not been looked at."""
    return queries.where_we_are()[1]


@transaction.atomic
def resume(now: datetime) -> None:
    """Somebody says that no other copy can send: from here on this one does. What was doubted stays so."""
    look(now)
    queries.resume_sending()
