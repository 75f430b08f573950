"""Lending providers and channels to companies below, and taking them back: dialogs of the pages of both."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from scopchat.accounts.access import PersonRequest, requires
from scopchat.accounts.roles import Permission
from scopchat.channels import lending
from scopchat.channels.loans import may_borrow, running_loans
from scopchat.channels.models import Channel, Loan, Provider
from scopchat.common.clock import utc_now
from scopchat.common.ids import read_id
from scopchat.common.refusals import said_after
from scopchat.tenancy import search, tree
from scopchat.tenancy.models import Company


@requires(Permission.MANAGE_CHANNELS, Permission.MANAGE_COMPANIES, pk=Provider)
def lend_one_provider(request: PersonRequest, pk: int) -> HttpResponse:
    """To whom, and lending it."""
    provider: Provider = get_object_or_404(Provider.objects.select_related("company"), pk=pk)

    def lend(borrower: Company) -> None:
        lending.lend_provider(provider=provider, borrower=borrower, acting=request.user, now=utc_now())

    return _lend(request, provider, lend, back=reverse("channels:edit_provider", args=[pk]))


@requires(Permission.MANAGE_CHANNELS, Permission.MANAGE_COMPANIES, pk=Channel)
def lend_one_channel(request: PersonRequest, pk: int) -> HttpResponse:
    """To whom, and lending it."""
    channel: Channel = get_object_or_404(Channel.objects.select_related("company", "provider"), pk=pk)

    def lend(borrower: Company) -> None:
        lending.lend_channel(channel=channel, borrower=borrower, acting=request.user, now=utc_now())

    return _lend(request, channel, lend, back=reverse("channels:edit", args=[pk]))


def _lend(
    request: PersonRequest, about: Provider | Channel, lend: Callable[[Company], None], *, back: str
) -> HttpResponse:
    if request.method != "POST":
        found = search.find(may_borrow(about), request.GET.get("q", ""), top=about.company)
        if "q" in request.GET:
            return render(request, "web/company_options.html", {"found": found})
        context = {"about": about, "is_channel": isinstance(about, Channel), "found": found}
        return render(request, "channels/lend.html", context)
    typed = request.POST.get("company", "")
    if not typed:
        messages.error(request, _("Choose the company to lend it to."))
        return redirect(back)
    below = tree.branch(request.company)
    borrower: Company = get_object_or_404(below, pk=read_id(typed))
    words = _("Lent to %(name)s.") % {"name": borrower.name}
    return _done(request, lambda: lend(borrower), words, back)


@requires(Permission.MANAGE_CHANNELS, Permission.MANAGE_COMPANIES, pk=Loan)
def revoke_loan(request: PersonRequest, pk: int) -> HttpResponse:
    """What stops, and taking it back."""
    related = Loan.objects.select_related("borrower", "provider__company", "channel__company")
    loan: Loan = get_object_or_404(related, pk=pk)
    if loan.channel is not None:
        back = reverse("channels:edit", args=[loan.channel.pk])
    else:
        back = reverse("channels:edit_provider", args=[loan.provider_id])
    if request.method != "POST":
        found = running_loans(Loan.objects.filter(pk=pk), now=utc_now())
        return render(request, "channels/revoke.html", {"loan": loan, "lent": found[0] if found else None})
    words = _("Taken back from %(name)s.") % {"name": loan.borrower.name}
    return _done(request, lambda: lending.revoke(loan=loan, acting=request.user, now=utc_now()), words, back)


def _done(request: PersonRequest, act: Callable[[], object], words: str, back: str) -> HttpResponse:
    """Does it and says so on the page it was asked for; or says why not."""
    said_after(request, act, done=words)
    return redirect(back)
