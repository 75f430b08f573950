"""Lending a provider or a channel to a company below, and taking it back (docs/decisions/0017).

Every change holds the tree: nobody is lent anything while they are being archived, and a channel is not made on a
provider that is being taken back. `acting` is None where the installation itself does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.channels.models import Channel, Destination, Loan, Provider
from scopchat.channels.services import replay_unmatched
from scopchat.channels.signals import channels_switched
from scopchat.common.refusals import Refusal
from scopchat.tenancy import tree
from scopchat.tenancy.limits import LimitReached, require_room
from scopchat.tenancy.models import Company
from scopchat.tenancy.resources import Resource


class CannotLend(Refusal):
    """This cannot be lent, or not be taken back."""

    code = "cannot_lend"


def lend_provider(*, provider: Provider, borrower: Company, acting: User | None, now: datetime) -> Loan:
    """The borrower may have channels on the provider from now on; those that it had before come back.

    Raises `CannotLend`. A refusal is recorded.
    """
    with _changing(about=provider, borrower=borrower, acting=acting) as borrower:
        loan: Loan | None = Loan.objects.filter(provider=provider, channel=None, borrower=borrower).first()
        if loan is not None and loan.revoked_at is None:
            raise CannotLend(_("%(name)s has this on loan already.") % {"name": borrower.name})
        loan = _begin(loan, Loan(provider=provider, borrower=borrower, company=provider.company), now)
        with scope(company=borrower):
            stopped = Channel.objects.filter(loan=loan, stopped_at__isnull=False).order_by("pk")
            back = [channel.pk for channel in stopped if _bring_back(channel, borrower)]
            _tell_switched(borrower, back, now)
        _tell(Verb.PROVIDER_LENT, provider, borrower, acting, len(back))
    return loan


def lend_channel(*, channel: Channel, borrower: Company, acting: User | None, now: datetime) -> Loan:
    """The borrower has the channel's number from now on, and the lender has not: who texts it reaches the borrower.

    What the lender had queued on it is not sent. A borrower who had it before has its conversations with it again;
    for a new one it goes to nobody in particular at first. Raises `CannotLend`. A refusal is recorded.
    """
    with _changing(about=channel, borrower=borrower, acting=acting) as borrower:
        if channel.loan_id is not None:
            raise CannotLend(_("Only the company whose provider it is can lend this channel."))
        lenders = Channel.objects.filter(pk=channel.pk, is_active=True)
        if not lenders.update(is_active=False, stopped_at=now):
            raise CannotLend(_("This channel is lent already, or out of use."))
        channel.refresh_from_db()
        _tell_switched(channel.company, [channel.pk], now)
        earlier: Loan | None = Loan.objects.filter(channel=channel, borrower=borrower).first()
        fresh = Loan(provider=channel.provider, channel=channel, borrower=borrower, company=channel.company)
        loan = _begin(earlier, fresh, now)
        with scope(company=borrower):
            try:
                require_room(company=borrower, resource=Resource.CHANNELS)
            except LimitReached as refusal:
                raise CannotLend(_("%(label)s: %(value)s") % {"label": borrower.name, "value": refusal.fact}) from None
            theirs = _hand_over(channel, loan)
            _tell_switched(borrower, [theirs.pk], now)
        _tell(Verb.CHANNEL_LENT, channel, borrower, acting)
    return loan


def revoke(*, loan: Loan, acting: User | None, now: datetime) -> None:
    """Takes back what was lent: the borrower's channels by this loan neither receive nor send from now on.

    What they had queued fails with a reason. A channel that was lent is the lender's again, with what came in
    meanwhile; of other addresses that waits in the journal. Raises `CannotLend` when it was taken back already.
    """
    about = loan.channel or loan.provider
    with _changing(about=about, borrower=loan.borrower, acting=acting, begins=False) as borrower:
        if not Loan.objects.filter(pk=loan.pk, revoked_at=None).update(revoked_at=now):
            raise CannotLend(_("This was taken back already."))
        with scope(company=borrower):
            in_use = Channel.objects.select_for_update(no_key=True).filter(loan=loan, is_active=True)
            ids = list(in_use.order_by("pk").values_list("pk", flat=True))
            theirs = Channel.objects.filter(pk__in=ids)
            theirs.update(is_active=False, stopped_at=now)
            _tell_switched(borrower, ids, now)
            earned = list(theirs.values_list("next_send_at", flat=True))
        if loan.channel is not None:
            _take_back(loan.channel, earned, now)
        verb = Verb.CHANNEL_LOAN_REVOKED if loan.channel else Verb.PROVIDER_LOAN_REVOKED
        _tell(verb, about, borrower, acting, len(ids))


@contextmanager
def _changing(
    *, about: Provider | Channel, borrower: Company, acting: User | None, begins: bool = True
) -> Iterator[Company]:
    """One change in one transaction, with the tree held, in the lender's scope; gives the borrower as it is now.

    A refusal is recorded for the lender, and for the borrower where it is below.
    """
    lender: Company = about.company
    try:
        with transaction.atomic(), scope(company=lender):
            borrower = tree.held(borrower)
            _require_possible(Company.objects.get(pk=lender.pk), borrower, begins=begins)
            yield borrower
    except CannotLend as refusal:
        concerned = [lender, borrower] if _is_below(borrower, lender) else [lender]
        for company in concerned:
            details = {"lender": lender.name, "borrower": borrower.name, "refusal": str(refusal)}
            record(verb=Verb.LOAN_REFUSED, company=company, acting=acting, about=about, details=details)
        raise


def _is_below(borrower: Company, lender: Company) -> bool:
    return borrower.pk != lender.pk and borrower.is_or_is_under(lender)


def _require_possible(lender: Company, borrower: Company, *, begins: bool) -> None:
    """Raises `CannotLend` unless the one may lend to the other now; taking back only needs a lender that is there."""
    if lender.archived_at:
        raise CannotLend(_("%(name)s is archived.") % {"name": lender.name})
    if begins and not _is_below(borrower, lender):
        raise CannotLend(_("A company lends to companies below it only."))
    if begins and not borrower.is_active:
        raise CannotLend(_("%(name)s is not active.") % {"name": borrower.name})


def _tell_switched(company: Company, channels: Sequence[int], now: datetime) -> None:
    if channels:
        channels_switched.send(sender=None, company=company, channels=channels, now=now)


def _begin(earlier: Loan | None, fresh: Loan, now: datetime) -> Loan:
    """The loan, begun again or for the first time."""
    loan = earlier or fresh
    loan.lent_at, loan.revoked_at = now, None
    loan.save()
    return loan


def _bring_back(channel: Channel, company: Company) -> bool:
    """Puts the channel to use again; False where its number was taken, or the company may have no more channels."""
    try:
        with transaction.atomic():
            require_room(company=company, resource=Resource.CHANNELS)
            Channel.objects.filter(pk=channel.pk).update(is_active=True, stopped_at=None)
    except (IntegrityError, LimitReached):
        return False
    replay_unmatched(channel)
    return True


def _hand_over(channel: Channel, loan: Loan) -> Channel:
    """The borrower's channel with the number, in use; its rate goes on where the lender's stood."""
    rate = {"throughput": channel.throughput, "next_send_at": channel.next_send_at}
    theirs: Channel
    theirs, _made = Channel.objects.update_or_create(
        loan=loan,
        defaults={"is_active": True, "stopped_at": None, **rate},
        create_defaults={
            "company": loan.borrower,
            "provider": channel.provider,
            "name": channel.name,
            "address": channel.address,
            "destination": Destination.USERS,
            "shard": channel.shard,
            **rate,
        },
    )
    return theirs


def _take_back(channel: Channel, earned: Sequence[datetime | None], now: datetime) -> None:
    """The lender's channel is in use again, unless another channel has got its number meanwhile.

    `earned` is the borrower's `next_send_at`, where there is one: the lender's rate goes on from it.
    """
    next_send_at = earned[0] if earned else channel.next_send_at
    try:
        with transaction.atomic():
            Channel.objects.filter(pk=channel.pk).update(is_active=True, stopped_at=None, next_send_at=next_send_at)
    except IntegrityError:
        Channel.objects.filter(pk=channel.pk).update(stopped_at=None)
        return
    replay_unmatched(channel)
    _tell_switched(channel.company, [channel.pk], now)


def _tell(verb: Verb, about: Provider | Channel, borrower: Company, acting: User | None, channels: int = 0) -> None:
    """Writes it into the audit log of both."""
    details = {"lender": about.company.name, "borrower": borrower.name, "channels": channels or None}
    for company in (about.company, borrower):
        record(verb=verb, company=company, acting=acting, about=about, details=details)
