"""Whatever is lent, taken back, archived or switched off, in any order: one receiver, and no sender without a loan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django_scopes import scope, scopes_disabled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scopchat.channels.lending import lend_channel, lend_provider, revoke
from scopchat.channels.models import Channel, Destination, Loan
from scopchat.channels.services import create_channel
from scopchat.common.refusals import Refusal
from scopchat.gateway import turns
from scopchat.tenancy.models import Company
from scopchat.tenancy.resources import Resource
from scopchat.tenancy.services import (
    NotPossible,
    archive_company,
    deactivate_company,
    reactivate_company,
    restore_company,
    set_allowance,
)
from tests.cast import Cast
from tests.lending import Lender, make_lender

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
COMPANIES = ("distributor", "l1", "l2", "client", "outsider")
ADDRESSES = ("+14385550170", "+14385550171")
REFUSED = (Refusal, IntegrityError)

Change = Callable[[Company, Lender, str], object]


def take_back(company: Company, lender: Lender, _address: str) -> None:
    """Everything that the company has on loan."""
    with scope(company=lender.provider.company):
        loans = list(Loan.objects.filter(borrower=company, revoked_at=None))
    for loan in loans:
        revoke(loan=loan, acting=None, now=NOW)


def make(company: Company, lender: Lender, address: str) -> Channel:
    """Nobody is signed in at a company that does not work."""
    if not company.is_active:
        raise NotPossible
    with scope(company=company):
        return create_channel(
            company=company, provider=lender.provider, name="N", address=address, destination=Destination.USERS
        )


def lend_any_channel(company: Company, lender: Lender, address: str) -> None:
    """A channel of the lender's with this number."""
    with scope(company=lender.provider.company):
        for channel in Channel.objects.filter(address=address).order_by("id"):
            lend_channel(channel=channel, borrower=company, acting=None, now=NOW)


CHANGES: dict[str, Change] = {
    "lend the provider": lambda company, lender, _a: lend_provider(
        provider=lender.provider, borrower=company, acting=None, now=NOW
    ),
    "lend a channel": lend_any_channel,
    "take back": take_back,
    "make a channel": make,
    "archive": lambda company, _l, _a: archive_company(company=company, acting=None, now=NOW),
    "restore": lambda company, _l, _a: restore_company(company=company, acting=None, now=NOW),
    "switch off": lambda company, _l, _a: deactivate_company(company=company, acting=None, now=NOW),
    "switch on": lambda company, _l, _a: reactivate_company(company=company, acting=None),
    "limit": lambda company, _l, _a: set_allowance(
        company=company, maxima={Resource.CHANNELS: 2}, mass_sends=False, acting=None
    ),
}
STEPS = st.tuples(st.sampled_from(sorted(CHANGES)), st.sampled_from(COMPANIES), st.sampled_from(ADDRESSES))


@given(steps=st.lists(STEPS, max_size=14))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_things_gives_two_receivers_or_a_sender_without_a_loan(
    cast: Cast, steps: list[tuple[str, str, str]]
) -> None:
    with transaction.atomic():
        lender = make_lender(cast)
        for change, who, address in steps:
            try:
                with transaction.atomic():
                    company = Company.objects.get(pk=getattr(cast, who).pk)
                    CHANGES[change](company, lender, address)
            except REFUSED:
                continue
            look(lender)
        transaction.set_rollback(True)


def look(lender: Lender) -> None:
    """What holds at every moment."""
    with scopes_disabled():
        channels = list(Channel.objects.filter(provider=lender.provider).select_related("company", "loan"))
        sending = [pk for one in channels for pk in turns.load_routes(one.shard)]
    in_use = [channel for channel in channels if channel.is_active]
    addresses = [channel.address for channel in in_use]
    assert len(addresses) == len({*addresses})
    for channel in in_use:
        own = channel.company_id == lender.provider.company_id
        assert own == (channel.loan is None)
        assert own or channel.loan.revoked_at is None
        assert channel.company.archived_at is None
        assert channel.stopped_at is None
    allowed = {channel.pk for channel in in_use if channel.company.is_active}
    assert {pk for pk in sending if pk in {channel.pk for channel in channels}} == allowed
    lent = {channel.loan.channel_id for channel in in_use if channel.loan and channel.loan.channel_id}
    assert not lent & {channel.pk for channel in in_use}
