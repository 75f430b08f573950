"""How far each mass send has come, counted as its texts settle."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, transaction

from scopchat.common.queries import batch, columns
from scopchat.interactions.services.mass import sends_of
from scopchat.interactions.signals import TextSettled, texts_settled
from scopchat.interactions.status import MessageStatus
from scopchat.masssends import queries

logger = structlog.get_logger(__name__)

COUNTED = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.FAILED, MessageStatus.UNKNOWN)
"""In the order of the statement's columns."""


def count(*, texts: Sequence[TextSettled], **_sent: Any) -> None:
    """Moves texts of mass sends from what they were to what they are; a failure here stops no text."""
    alone = [text for text in texts if text.interaction_id is None]
    if not alone:
        return
    try:
        with transaction.atomic():
            _count(alone)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("mass_texts_not_counted", texts=len(alone))


def _count(texts: Sequence[TextSettled]) -> None:
    sends = sends_of([text.message_id for text in texts])
    moved: dict[int, Counter[MessageStatus]] = defaultdict(Counter)
    for text in texts:
        if send := sends.get(text.message_id):
            moved[send][text.status] += 1
            moved[send][text.was] -= 1
    rows = [(pk, *(steps[status] for status in COUNTED)) for pk, steps in sorted(moved.items())]
    if rows:
        batch(queries.COUNT, columns(rows, 1 + len(COUNTED)))


texts_settled.connect(count, weak=False, dispatch_uid="masssends.tallies")
