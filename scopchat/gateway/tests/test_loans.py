"""What is lent, on the message path: who gets a text at which moment, and what no longer leaves."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from django_scopes import scope, scopes_disabled

from scopchat.channels.drains import Work
from scopchat.channels.incidents import unowned_addresses
from scopchat.channels.lending import lend_channel, lend_provider, revoke
from scopchat.channels.models import Channel, Loan, LoanUse
from scopchat.channels.providers.twilio.fake.carrier import TwilioFake
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.gateway import leases, sender, turns
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.sweep import sweep
from scopchat.gateway.tests.carriers import answering, point_at, serving
from scopchat.gateway.tests.conftest import Desk, route_everything
from scopchat.gateway.tests.test_router import NINE, ONE, arrive, report, states
from scopchat.gateway.turns import Room
from scopchat.interactions.models import Direction, Interaction, Message, OutboxEntry
from scopchat.interactions.services import start
from scopchat.interactions.services.sending import Result
from scopchat.interactions.services.unsending import unsend
from scopchat.interactions.status import MessageStatus
from scopchat.tenancy.models import SegmentUse
from tests.cast import Cast
from tests.lending import ACCOUNT, Lender, channel_by, channel_on, make_lender

CUSTOMER = "+15145550142"


@pytest.fixture
def lender(cast: Cast) -> Lender:
    return make_lender(cast)


@pytest.fixture
def lent(cast: Cast, lender: Lender) -> Desk:
    """The distributor's number, and the Twilio that has it."""
    return Desk(cast, lender.provider, lender.channel, TwilioFake(ACCOUNT["account_sid"], ACCOUNT["auth_token"]))


def lend_number(lender: Lender, cast: Cast) -> Loan:
    return lend_channel(channel=lender.channel, borrower=cast.client, acting=None, now=utc_now())


def take_back(loan: Loan) -> None:
    revoke(loan=loan, acting=None, now=utc_now())


def received() -> list[tuple[str, str]]:
    """Every text that came in, with the name of the company whose it is."""
    with scopes_disabled():
        found = Message.objects.filter(direction=Direction.IN).order_by("id")
        return list(found.values_list("text", "company__name"))


def queue(channel: Channel, cast: Cast, text: str = "Bonjour") -> Message:
    with scope(company=channel.company_id):
        return start.start(
            channel=channel, acting=cast.operator_admin, phone=CUSTOMER, text=text, idempotency_key=uuid4(),
            now=utc_now(),
        )  # fmt: skip


def claimed(shard: int) -> list[int]:
    """Texts that the sender takes of the shard at this moment."""
    with scopes_disabled():
        turn = turns.take_turn(leases.take(Work.SEND, shard), uuid4(), Room(10), utc_now())
    return [text.message.attempt.message_id for text in turn.claimed]


def fresh(message: Message) -> Message:
    with scopes_disabled():
        return Message.objects.get(pk=message.pk)


def test_a_text_goes_to_whoever_has_the_number_at_that_moment(cast: Cast, lender: Lender, lent: Desk) -> None:
    arrive(lent, "avant")
    route_everything()
    loan = lend_number(lender, cast)
    arrive(lent, "pendant")
    route_everything()
    take_back(loan)
    arrive(lent, "après")
    route_everything()
    assert received() == [
        ("avant", "Distribution Nord"), ("pendant", "Clinique Laurier"), ("après", "Distribution Nord"),
    ]  # fmt: skip
    with scope(company=cast.client):
        assert Interaction.objects.count() == 1


def test_a_text_goes_to_the_borrowers_destination(cast: Cast, lender: Lender, lent: Desk) -> None:
    theirs = channel_by(lend_number(lender, cast))
    with scope(company=cast.client):
        Channel.objects.filter(pk=theirs.pk).update(destination="queue", queue=cast.queue)
    arrive(lent, "Bonjour")
    route_everything()
    with scope(company=cast.client):
        assert Interaction.objects.get().queue_id == cast.queue.pk


def test_a_receipt_finds_its_text_after_the_number_went_to_another(cast: Cast, lender: Lender, lent: Desk) -> None:
    loan = lend_number(lender, cast)
    theirs = channel_by(loan)
    message = queue(theirs, cast)
    claim = uuid4()
    with scopes_disabled():
        turns.take_turn(leases.take(Work.SEND, theirs.shard), claim, Room(10), utc_now())
        turns.write(theirs.shard, [Result(message.pk, MessageStatus.SENT, utc_now(), carrier_id=ONE)], claim, [])
    take_back(loan)
    report(lent, ONE, "delivered")
    route_everything()
    assert (states(), fresh(message).status) == (["done"], "delivered")


def test_what_comes_to_a_channel_taken_back_waits_and_is_the_owners_incident(
    cast: Cast, lender: Lender, lent: Desk
) -> None:
    loan = lend_provider(provider=lender.provider, borrower=cast.client, acting=None, now=utc_now())
    made = channel_on(lender.provider, cast)
    take_back(loan)
    arrive(lent, "Quelqu’un ?", to=made.address)
    route_everything()
    assert (received(), states()) == ([], ["unmatched"])
    with scope(company=cast.distributor):
        assert [one.address for one in unowned_addresses(lender.provider)] == [made.address]
    lend_provider(provider=lender.provider, borrower=cast.client, acting=None, now=utc_now())
    route_everything()
    assert received() == [("Quelqu’un ?", "Clinique Laurier")]


def test_the_lender_sees_how_many_and_the_borrower_pays_for_them(cast: Cast, lender: Lender, lent: Desk) -> None:
    loan = lend_number(lender, cast)
    for sid in (ONE, NINE, NINE):
        arrive(lent, "Bonjour", sid=sid)
    route_everything()
    queue(channel_by(loan), cast, "x" * 200)
    with scope(company=cast.distributor):
        use = LoanUse.objects.get()
    assert (use.loan, use.texts_in, use.texts_out, use.segments) == (loan, 2, 1, 2)
    with scopes_disabled():
        assert [(one.company, one.segments) for one in SegmentUse.objects.all()] == [(cast.client, 2)]


def test_what_is_taken_back_before_it_left_counts_for_nobody(cast: Cast, lender: Lender) -> None:
    theirs = channel_by(lend_number(lender, cast))
    kept, gone = queue(theirs, cast, "Bonjour"), queue(theirs, cast, "x" * 200)
    with scope(company=cast.client):
        unsend(message=gone, acting=cast.operator_admin, now=utc_now())
    with scope(company=cast.distributor):
        use = LoanUse.objects.get()
    assert (use.texts_out, use.segments) == (1, kept.segments)


def test_routing_a_batch_asks_one_statement_more_where_something_is_lent(
    cast: Cast, lender: Lender, lent: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, execute = [], psycopg.Cursor.execute
    monkeypatch.setattr(psycopg.Cursor, "execute", lambda *given: asked.append(given) or execute(*given))

    def statements(texts: int) -> int:
        for n in range(texts):
            arrive(lent, str(n), sender=f"+151455502{n:02}")
        asked.clear()
        route_everything()
        return len(asked)

    own = statements(20)
    lend_number(lender, cast)
    assert [statements(1), statements(20)] == [own + 1, own + 1]


def test_what_is_queued_fails_when_its_channel_is_taken_back(cast: Cast, lender: Lender) -> None:
    loan = lend_number(lender, cast)
    theirs = channel_by(loan)
    message = queue(theirs, cast)
    take_back(loan)
    assert (fresh(message).status, fresh(message).reason) == ("failed", "stopped")
    assert claimed(theirs.shard) == []


def test_what_the_lender_had_queued_fails_when_the_channel_is_lent(cast: Cast, lender: Lender) -> None:
    message = queue(lender.channel, cast)
    lend_number(lender, cast)
    assert fresh(message).reason == "stopped"
    assert claimed(lender.channel.shard) == []


def test_the_borrower_sends_by_the_lenders_account_until_it_is_taken_back(cast: Cast, lender: Lender) -> None:
    theirs = channel_by(lend_number(lender, cast))
    message = queue(theirs, cast)
    with scopes_disabled():
        turn = turns.take_turn(leases.take(Work.SEND, theirs.shard), uuid4(), Room(10), utc_now())
    assert [text.message.attempt.message_id for text in turn.claimed] == [message.pk]
    assert turn.routes[theirs.pk].account.credentials == ACCOUNT


@pytest.mark.parametrize("left", ["queued in the same instant", "refused for now"])
def test_the_sweep_ends_what_was_left_behind(cast: Cast, lender: Lender, left: str) -> None:
    loan = lend_number(lender, cast)
    theirs = channel_by(loan)
    message = queue(theirs, cast)
    with scopes_disabled():
        claim = uuid4()
        turns.take_turn(leases.take(Work.SEND, theirs.shard), claim, Room(10), utc_now())
    take_back(loan)
    assert fresh(message).status == "queued"
    if left == "refused for now":
        later = Result(message.pk, MessageStatus.QUEUED, utc_now(), not_before=utc_now())
        with scopes_disabled():
            turns.write(theirs.shard, [later], claim, [])
    else:
        OutboxEntry.objects.filter(message=message).update(claim=None)
    assert claimed(theirs.shard) == []
    with scopes_disabled():
        sweep()
    assert (fresh(message).status, fresh(message).reason) == ("failed", "stopped")


@pytest.mark.django_db(transaction=True)
async def test_a_run_that_lingers_sends_nothing_more(cast: Cast, lender: Lender, lent: Desk) -> None:
    """The carrier is busy, so the run waits to try again; meanwhile the channel is taken back."""
    loan = await in_thread_unscoped(lend_number, lender, cast)
    theirs = await in_thread_unscoped(channel_by, loan)
    message = await in_thread_unscoped(queue, theirs, cast)
    lease = await in_thread_unscoped(leases.take, Work.SEND, theirs.shard)
    async with serving(answering(429)) as url, http.Client(allow_private=True) as client:
        await in_thread_unscoped(point_at, lent, url)
        run = sender.Run(lease, client)
        assert await run._step()
        await in_thread_unscoped(take_back, loan)
        await run.drain()
    assert ((await in_thread_unscoped(fresh, message)).status, lent.carrier.texts) == ("failed", {})
