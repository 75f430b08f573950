"""Keeping the index of texts behind the texts: a batch at a time, apart from whoever stores them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from scopchat.common.lexemes import vector_of
from scopchat.common.queries import batch
from scopchat.interactions import queries
from scopchat.interactions.models import Message, SearchProgress

BATCH = 1_000
SETTLED = timedelta(minutes=10)
"""After so long no text is stored any more under a lower number than one that was there."""
FAR_BEHIND = 100_000
"""So many texts on, neither."""


def index_texts(*, now: datetime) -> int:
    """Indexes the next texts of all companies; returns how many. Fewer than `BATCH` means that none are left.

    Texts are numbered before they are committed, so that one may appear behind others: what has no words yet is looked
    for from a number on below which all have them.
    """
    with transaction.atomic():
        progress, _made = SearchProgress.objects.select_for_update().get_or_create(id=1)
        found = batch(queries.statement("unindexed"), {"through": progress.through, "most": BATCH})
        words = [vector_of(text, company_id=company) for _pk, company, _interaction, text in found]
        ids = [pk for pk, *_text in found]
        if ids:
            batch(queries.statement("index_words"), {"ids": ids, "words": words})
        _advance(progress, ids, now)
    return len(ids)


def _advance(progress: SearchProgress, indexed: list[int], now: datetime) -> None:
    """Moves the number below which nothing is looked for."""
    last = Message.objects.aggregate(last=Max("pk"))["last"] or 0
    complete = indexed[-1] if len(indexed) == BATCH else last
    settled = max(last - FAR_BEHIND, 0)
    if progress.candidate_at is None or now - progress.candidate_at > SETTLED:
        settled = max(settled, progress.candidate)
        progress.candidate, progress.candidate_at = last, now
    progress.through = max(progress.through, min(complete, settled))
    progress.save()
