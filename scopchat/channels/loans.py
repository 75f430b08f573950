"""What companies lend and are lent, as pages and services read it.

A loan belongs to the lender. What a borrower may know of it is asked here alone, by looking into the companies above.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Case, Count, Prefetch, Q, QuerySet, When
from django.utils.translation import gettext as _
from django_scopes import scope

from scopchat.channels.models import Channel, Loan, LoanUse, Provider
from scopchat.common.refusals import Conflict
from scopchat.tenancy import tree
from scopchat.tenancy.models import Company, CompanyQuerySet

SECRET = ("credentials", "hook_token", "api_base_url")
"""What no borrower sees of a provider."""


class NotLent(Conflict):
    """The provider is another company's, which does not lend it, or no longer."""

    code, field = "not_lent", "provider"

    def __init__(self) -> None:
        super().__init__(_("This provider is no longer lent to your company."))


def loan_for_channels(*, provider: Provider, company: Company) -> Loan | None:
    """By which the company may have channels on the provider; None where it is its own. Raises `NotLent`."""
    if provider.company_id == company.pk:
        return None
    with scope(company=provider.company_id):
        found: Loan | None = Loan.objects.filter(
            provider=provider, borrower=company, channel=None, revoked_at=None
        ).first()
    if found is None:
        raise NotLent
    return found


def companies_on(provider: Provider) -> list[int]:
    """The companies that have, or had, channels on the provider: its own, and those that it was ever lent to."""
    with scope(company=provider.company_id):
        return [provider.company_id, *Loan.objects.filter(provider=provider).values_list("borrower_id", flat=True)]


def providers_for(company: Company) -> QuerySet[Provider]:
    """The providers on which the company may have channels, its own first; what is secret of them cannot be read."""
    with scope(company=[company.pk, *tree.above(company).values_list("pk", flat=True)]):
        lent = Loan.objects.filter(borrower=company, channel=None, revoked_at=None)
        found: QuerySet[Provider] = Provider.objects.filter(
            Q(company=company) | Q(pk__in=lent.values("provider")), is_active=True
        )
    in_order = (Case(When(company=company, then=0), default=1), "name", "pk")
    return found.select_related("company").defer(*SECRET).fetch_mode(models.FETCH_RAISE).order_by(*in_order)


def lent_provider(company: Company, pk: int) -> Provider | None:
    """A provider that is lent to the company."""
    return providers_for(company).exclude(company=company).filter(pk=pk).first()


def channels_shown(company: Company) -> QuerySet[Channel]:
    """The company's channels in use, and those that a loan has put out of use, each with the loan that did."""
    found = Channel.objects.filter(Q(is_active=True) | Q(stopped_at__isnull=False), company=company)
    running = Loan.objects.filter(revoked_at=None).select_related("borrower")
    shown: QuerySet[Channel] = (
        found.select_related("provider", "queue", "loan__company")
        .defer(*(f"provider__{name}" for name in SECRET))
        .prefetch_related("users", Prefetch("loans", queryset=running, to_attr="running_loans"))
        .order_by("name", "pk")
    )
    return shown


@dataclass(frozen=True, slots=True)
class Use:
    """Texts and segments of some time."""

    texts_in: int = 0
    texts_out: int = 0
    segments: int = 0

    def __add__(self, other: Use) -> Use:
        return Use(self.texts_in + other.texts_in, self.texts_out + other.texts_out, self.segments + other.segments)


@dataclass(frozen=True, slots=True)
class Lent:
    """A loan as the lender sees it, with what was made of it on the borrower's own day and in their month."""

    loan: Loan
    channels: int
    """The borrower's channels in use by it."""
    today: Use
    month: Use


def running_loans(found: QuerySet[Loan], *, now: datetime) -> list[Lent]:
    """Those of the loans that run, in the order of the tree."""
    in_use = Count("channels", filter=Q(channels__is_active=True))
    running = found.filter(revoked_at=None).select_related("borrower").order_by("borrower__path", "pk")
    loans = list(running.annotate(in_use=in_use))
    today = {loan.pk: now.astimezone(ZoneInfo(loan.borrower.time_zone)).date() for loan in loans}
    days: dict[int, Use] = {}
    months: dict[int, Use] = {}
    earliest = min((day.replace(day=1) for day in today.values()), default=now.date())
    for row in LoanUse.objects.filter(loan__in=loans, day__gte=earliest):
        day, use = today[row.loan_id], Use(row.texts_in, row.texts_out, row.segments)
        if row.day == day:
            days[row.loan_id] = use
        if row.day >= day.replace(day=1):
            months[row.loan_id] = months.get(row.loan_id, Use()) + use
    return [Lent(loan, loan.in_use, days.get(loan.pk, Use()), months.get(loan.pk, Use())) for loan in loans]


def may_borrow(about: Provider | Channel) -> CompanyQuerySet:
    """The companies to which this can be lent, in the order of the tree: those that work and have not got it yet."""
    below = tree.branch(about.company).exclude(pk=about.company_id).filter(is_active=True).order_by("path")
    if isinstance(about, Channel):
        return below
    has_it = Loan.objects.filter(provider=about, channel=None, revoked_at=None)
    return below.exclude(pk__in=has_it.values("borrower"))
