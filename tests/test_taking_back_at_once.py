"""Taking back and sending in the same instant: either the text was claimed before, or it never leaves."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django_scopes import scopes_disabled

from scopchat.channels.models import Loan
from scopchat.gateway.tests.test_loans import claimed, fresh, lend_number, queue, take_back
from scopchat.interactions.models import Message, OutboxEntry
from scopchat.interactions.services import sending
from scopchat.interactions.status import MessageStatus
from scopchat.ops.tests.polling import until
from tests.cast import Cast
from tests.lending import channel_by, make_lender

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(pool: ThreadPoolExecutor, loan: Loan) -> Future[None]:
    """Takes it back on a connection of its own."""

    def alone() -> None:
        try:
            take_back(loan)
        finally:
            connections.close_all()

    return pool.submit(alone)


def test_nothing_is_claimed_once_it_is_taken_back_not_even_by_who_looked_before(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    loan = lend_number(make_lender(cast), cast)
    theirs = channel_by(loan)
    claim = sending.claim

    def late(**arguments: Any) -> Any:
        """The text comes to be just after the revocation has looked for what is queued."""
        with ThreadPoolExecutor(1) as pool:
            elsewhere(pool, loan).result()
        with scopes_disabled():
            Message.objects.filter(pk=message.pk).update(status=MessageStatus.QUEUED)
            OutboxEntry.objects.create(
                message=message, channel_id=message.channel_id, interaction_id=message.interaction_id
            )
        return claim(**arguments)

    message = queue(theirs, cast)
    monkeypatch.setattr(sending, "claim", late)
    assert claimed(theirs.shard) == []
    assert fresh(message).status == "failed"


def test_taking_back_waits_for_a_claim_that_was_first(cast: Cast) -> None:
    loan = lend_number(make_lender(cast), cast)
    theirs = channel_by(loan)
    message = queue(theirs, cast)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert claimed(theirs.shard) == [message.pk]
            running = elsewhere(pool, loan)
            until(_somebody_waits, what="the revocation coming to the channel that is being sent from")
            assert not running.done()
        running.result()
    assert fresh(message).status == "queued"
    assert not channel_by(loan).is_active


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')")
        return bool(cursor.fetchone()[0])
