"""A company that is deactivated sends nothing and loses nothing; one with open conversations is not archived."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django_scopes import scope, scopes_disabled

from scopchat.channels.drains import Work
from scopchat.channels.providers.base import InboundMessage
from scopchat.common.clock import utc_now
from scopchat.gateway import leases, turns
from scopchat.interactions.models import Message
from scopchat.interactions.services import receive, start
from scopchat.interactions.services.receive import Arrival
from scopchat.interactions.status import MessageStatus
from scopchat.interactions.tests.desk import conversation
from scopchat.tenancy.models import Company
from scopchat.tenancy.services import deactivate_company, reactivate_company
from tests.cast import Cast
from tests.people import signed_in


def queue(cast: Cast) -> Message:
    with scope(company=cast.client):
        return start.start(
            channel=cast.channel_user, acting=cast.admin, phone="+15145550142", text="Bonjour",
            idempotency_key=uuid4(), now=utc_now(),
        )  # fmt: skip


def claimed(shard: int) -> list[int]:
    """Texts that the sender takes of the shard at this moment."""
    with scopes_disabled():
        turn = turns.take_turn(leases.take(Work.SEND, shard), uuid4(), turns.Room(10), utc_now())
    return [text.message.attempt.message_id for text in turn.claimed]


@pytest.mark.parametrize("above", ["client", "l2", "distributor"])
def test_the_sender_takes_nothing_of_it_until_it_is_active_again(cast: Cast, above: str) -> None:
    message = queue(cast)
    shard = cast.channel_user.shard
    stopped = getattr(cast, above)
    deactivate_company(company=stopped, acting=None, now=utc_now())
    assert claimed(shard) == []
    with scope(company=cast.client):
        message.refresh_from_db()
    assert message.status == MessageStatus.QUEUED
    reactivate_company(company=stopped, acting=None)
    assert claimed(shard) == [message.pk]


def test_what_comes_in_meanwhile_is_there_afterwards(cast: Cast) -> None:
    deactivate_company(company=cast.client, acting=None, now=utc_now())
    channel = cast.channel_queue
    text = InboundMessage(
        carrier_id="c1", sender="+15145550142", recipient=channel.address, text="Il y a quelqu’un ?", segments=1
    )
    with scopes_disabled():
        receive.receive(
            arrivals=[Arrival(cast.client.pk, channel.pk, channel.queue_id, text, utc_now())], now=utc_now()
        )
    assert signed_in(cast.admin).get("/messages/").status_code == 302
    reactivate_company(company=cast.client, acting=None)
    assert "Il y a quelqu’un ?" in signed_in(cast.admin).get("/messages/").content.decode()


def test_archiving_is_refused_with_reasons_and_counts(cast: Cast) -> None:
    conversation(cast.channel_queue)
    conversation(cast.channel_queue, "+15145550143")
    browser = signed_in(cast.operator_admin)
    page = browser.post(f"/companies/{cast.client.pk}/archive/", follow=True).content.decode()
    assert "2 interactions ouvertes" in page
    page = browser.post(f"/companies/{cast.l2.pk}/archive/", follow=True).content.decode()
    assert "1 sous-société active" in page
    assert not Company.objects.filter(archived_at__isnull=False).exists()
