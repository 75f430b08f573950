"""Lending providers and channels: to whom, what it gives, what taking it back ends, and who is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django_scopes import scope

from scopchat.channels.lending import CannotLend, lend_channel, lend_provider, revoke
from scopchat.channels.loans import NotLent, Use, providers_for, running_loans
from scopchat.channels.models import Channel, Destination, EventState, InboundEvent, Loan, PendingEvent
from scopchat.channels.queries import count_in, count_out
from scopchat.channels.services import create_channel, update_channel
from scopchat.tenancy.models import Company
from scopchat.tenancy.resources import Resource
from scopchat.tenancy.services import archive_company, deactivate_company, restore_company, set_allowance
from tests.cast import Cast
from tests.lending import Lender, channel_by, channel_on, fresh, make_lender

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.fixture
def lender(cast: Cast) -> Lender:
    return make_lender(cast)


def lend(lender: Lender, borrower: Company) -> Loan:
    return lend_provider(provider=lender.provider, borrower=borrower, acting=lender.admin, now=NOW)


def lend_number(lender: Lender, borrower: Company) -> Loan:
    return lend_channel(channel=lender.channel, borrower=borrower, acting=lender.admin, now=NOW)


def end(loan: Loan, lender: Lender) -> None:
    revoke(loan=loan, acting=lender.admin, now=NOW + timedelta(hours=1))


def waiting_for(channel: Channel) -> InboundEvent:
    """A text that came in while nobody had the number."""
    return InboundEvent.objects.create(
        provider_id=channel.provider_id, event="inbound", carrier_key="k", address=channel.address,
        shard=channel.shard, method="POST", url="", body=b"", received_at=NOW, state=EventState.UNMATCHED,
    )  # fmt: skip


def limit_channels(company: Company, most: int) -> None:
    set_allowance(company=company, maxima={Resource.CHANNELS: most}, mass_sends=False, acting=None)


def test_a_borrower_at_any_depth_makes_channels_of_its_own(cast: Cast, lender: Lender) -> None:
    loan = lend(lender, cast.client)
    made = channel_on(lender.provider, cast)
    assert (made.company_id, made.loan_id, made.is_active) == (cast.client.pk, loan.pk, True)


def test_without_a_loan_there_is_no_channel_on_another_companys_provider(cast: Cast, lender: Lender) -> None:
    lend(lender, cast.l2)
    with pytest.raises(NotLent):
        channel_on(lender.provider, cast)


def test_a_lent_channel_is_the_borrowers_number_and_not_the_lenders(cast: Cast, lender: Lender) -> None:
    theirs = channel_by(lend_number(lender, cast.client))
    ours = fresh(lender.channel)
    assert (theirs.company_id, theirs.address, theirs.shard) == (cast.client.pk, ours.address, ours.shard)
    assert (theirs.is_active, theirs.throughput, theirs.destination) == (True, 20, Destination.USERS)
    assert (ours.is_active, ours.stopped_at) == (False, NOW)


@pytest.mark.parametrize("to", ["operator", "distributor"])
def test_it_is_lent_neither_up_nor_to_oneself(cast: Cast, lender: Lender, to: str) -> None:
    for attempt in (lend, lend_number):
        with pytest.raises(CannotLend, match="sous elle"):
            attempt(lender, getattr(cast, to))


def test_it_is_not_lent_sideways(cast: Cast) -> None:
    with pytest.raises(CannotLend, match="sous elle"):
        lend_provider(provider=cast.outsider_provider, borrower=cast.client, acting=None, now=NOW)
    with pytest.raises(CannotLend, match="sous elle"):
        lend_channel(channel=cast.outsider_channel, borrower=cast.client, acting=None, now=NOW)


def test_only_the_owner_lends_a_channel(cast: Cast, lender: Lender) -> None:
    lend(lender, cast.l1)
    with scope(company=cast.l1):
        made = create_channel(
            company=cast.l1, provider=lender.provider, name="L1", address="+14385550172",
            destination=Destination.USERS,
        )  # fmt: skip
    with pytest.raises(CannotLend, match="dont c’est le fournisseur"):
        lend_channel(channel=made, borrower=cast.client, acting=None, now=NOW)
    lent = channel_by(lend_number(lender, cast.l1))
    with pytest.raises(CannotLend, match="dont c’est le fournisseur"):
        lend_channel(channel=lent, borrower=cast.client, acting=None, now=NOW)


def test_a_provider_is_lent_to_many_a_channel_to_one(cast: Cast, lender: Lender) -> None:
    lend(lender, cast.client)
    lend(lender, cast.outsider)
    lend_number(lender, cast.client)
    with pytest.raises(CannotLend, match="déjà prêté"):
        lend_number(lender, cast.outsider)
    with pytest.raises(CannotLend, match="Clinique Laurier l’a déjà"):
        lend(lender, cast.client)


@pytest.mark.parametrize("stop", [deactivate_company, archive_company])
def test_a_company_that_does_not_work_is_lent_nothing(cast: Cast, lender: Lender, stop: object) -> None:
    stop(company=cast.client, acting=None, now=NOW)  # type: ignore[operator]
    with pytest.raises(CannotLend, match="n’est pas active"):
        lend(lender, cast.client)
    with pytest.raises(CannotLend, match="n’est pas active"):
        lend_number(lender, cast.client)
    assert fresh(lender.channel).is_active


def test_a_lent_channel_counts_for_the_borrower(cast: Cast, lender: Lender) -> None:
    limit_channels(cast.client, 2)
    with pytest.raises(CannotLend, match="Clinique Laurier : La limite de 2 canaux est atteinte"):
        lend_number(lender, cast.client)
    assert fresh(lender.channel).is_active
    limit_channels(cast.client, 3)
    lend_number(lender, cast.client)


def test_taking_a_provider_back_stops_the_borrowers_channels_on_it_alone(cast: Cast, lender: Lender) -> None:
    loan, other = lend(lender, cast.client), lend(lender, cast.outsider)
    made = channel_on(lender.provider, cast)
    with scope(company=cast.outsider):
        others = create_channel(
            company=cast.outsider, provider=lender.provider, name="Autre", address="+14385550173",
            destination=Destination.USERS,
        )  # fmt: skip
    end(loan, lender)
    assert (fresh(made).is_active, fresh(made).stopped_at) == (False, NOW + timedelta(hours=1))
    assert fresh(others).is_active
    assert fresh(cast.channel_queue).is_active
    assert fresh(lender.channel).is_active
    assert fresh(other).revoked_at is None
    with pytest.raises(NotLent):
        channel_on(lender.provider, cast, "+14385550174")


def test_a_channel_that_is_taken_back_is_the_lenders_with_what_came_meanwhile(cast: Cast, lender: Lender) -> None:
    loan = lend_number(lender, cast.client)
    event = waiting_for(lender.channel)
    with scope(company=cast.client):
        Channel.objects.filter(loan=loan).update(next_send_at=NOW)
    end(loan, lender)
    assert not channel_by(loan).is_active
    ours = fresh(lender.channel)
    assert (ours.is_active, ours.stopped_at, ours.next_send_at) == (True, None, NOW)
    assert PendingEvent.objects.get().event_id == event.pk


def test_lent_again_everything_comes_back_as_it_was(cast: Cast, lender: Lender) -> None:
    loan = lend(lender, cast.client)
    made = channel_on(lender.provider, cast)
    end(loan, lender)
    event = waiting_for(made)
    assert lend(lender, cast.client).pk == loan.pk
    assert (fresh(made).is_active, fresh(made).stopped_at, fresh(made).queue_id) == (True, None, cast.queue.pk)
    assert PendingEvent.objects.get().event_id == event.pk


def test_a_lent_channel_comes_back_with_its_destination_and_the_lenders_rate(cast: Cast, lender: Lender) -> None:
    loan = lend_number(lender, cast.client)
    theirs = channel_by(loan)
    with scope(company=cast.client):
        update_channel(
            channel=theirs, name="Promo", destination=Destination.QUEUE, queue=cast.queue, throughput=theirs.throughput
        )
    end(loan, lender)
    with scope(company=cast.distributor):
        update_channel(
            channel=fresh(lender.channel), name="Promotions", destination=Destination.USERS, users=[lender.admin],
            throughput=5,
        )  # fmt: skip
    again = channel_by(lend_number(lender, cast.client))
    assert (again.pk, again.name, again.queue_id, again.throughput) == (theirs.pk, "Promo", cast.queue.pk, 5)


def test_the_lenders_rate_holds_while_it_is_lent(cast: Cast, lender: Lender) -> None:
    loan = lend_number(lender, cast.client)
    with scope(company=cast.distributor):
        update_channel(
            channel=fresh(lender.channel), name="Promotions", destination=Destination.USERS, throughput=3,
            users=[lender.admin],
        )  # fmt: skip
    assert channel_by(loan).throughput == 3


def test_a_number_taken_meanwhile_does_not_come_back(cast: Cast, lender: Lender) -> None:
    loan = lend(lender, cast.client)
    made = channel_on(lender.provider, cast)
    end(loan, lender)
    with scope(company=cast.distributor):
        create_channel(
            company=cast.distributor, provider=lender.provider, name="Repris", address=made.address,
            destination=Destination.USERS,
        )  # fmt: skip
    lend(lender, cast.client)
    assert not fresh(made).is_active


def test_what_exceeds_the_borrowers_limit_does_not_come_back(cast: Cast, lender: Lender) -> None:
    loan = lend(lender, cast.client)
    made = channel_on(lender.provider, cast)
    end(loan, lender)
    limit_channels(cast.client, 2)
    lend(lender, cast.client)
    assert not fresh(made).is_active


def test_it_is_taken_back_once(cast: Cast, lender: Lender) -> None:
    loan = lend(lender, cast.client)
    end(loan, lender)
    with pytest.raises(CannotLend, match="déjà été repris"):
        end(loan, lender)


def test_archiving_the_borrower_keeps_the_loan_and_restoring_brings_the_channel_back(
    cast: Cast, lender: Lender
) -> None:
    loan = lend_number(lender, cast.client)
    archive_company(company=cast.client, acting=None, now=NOW)
    assert not channel_by(loan).is_active
    assert not fresh(lender.channel).is_active
    assert restore_company(company=cast.client, acting=None, now=NOW) == []
    assert channel_by(loan).is_active


def test_what_was_taken_back_from_an_archived_company_is_not_restored_with_it(cast: Cast, lender: Lender) -> None:
    loan = lend_number(lender, cast.client)
    archive_company(company=cast.client, acting=None, now=NOW)
    end(loan, lender)
    assert fresh(lender.channel).is_active
    skipped = restore_company(company=cast.client, acting=None, now=NOW)
    assert [each.name for each in skipped] == ["Promotions (438 555-0170)"]
    assert not channel_by(loan).is_active
    lend_number(lender, cast.client)
    assert channel_by(loan).is_active


def test_what_is_secret_of_a_lent_provider_cannot_be_read_by_mistake(cast: Cast, lender: Lender) -> None:
    lend(lender, cast.client)
    with scope(company=cast.client):
        found = providers_for(cast.client)
        assert [provider.name for provider in found] == ["Simulateur", "Twilio Nord"]
        for name in ("credentials", "hook_token", "api_base_url"):
            with pytest.raises(Exception, match="blocked"):
                getattr(found[1], name)


def test_the_lender_reads_counts_of_the_borrowers_day_and_month(cast: Cast, lender: Lender) -> None:
    loan = lend(lender, cast.client)
    made = channel_on(lender.provider, cast)
    count_in({made.pk: 3, cast.channel_queue.pk: 5}, now=NOW)
    count_out(channel_id=made.pk, segments=2, now=NOW - timedelta(days=2))
    count_out(channel_id=made.pk, segments=7, now=NOW - timedelta(days=40))
    with scope(company=cast.distributor):
        (lent,) = running_loans(Loan.objects.all(), now=NOW)
    assert (lent.loan, lent.channels) == (loan, 1)
    assert lent.today == Use(texts_in=3)
    assert lent.month == Use(texts_in=3, texts_out=1, segments=2)
