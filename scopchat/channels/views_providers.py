"""The pages of providers: carrier accounts, their credentials, and the addresses to give to the carrier."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from scopchat.accounts.access import PersonRequest, requires
from scopchat.accounts.roles import Permission
from scopchat.channels.account_check import check_account
from scopchat.channels.forms import SIMULATOR, ProviderForm
from scopchat.channels.incidents import held_back, unowned_addresses
from scopchat.channels.loans import channels_shown, lent_provider, providers_for, running_loans
from scopchat.channels.models import Loan, Provider
from scopchat.channels.providers.base import AccountCheck
from scopchat.channels.providers.protocol import Adapter
from scopchat.channels.providers.registry import ADAPTERS
from scopchat.channels.services import create_provider, rotate_hook_token, update_provider
from scopchat.common.clock import utc_now
from scopchat.common.crypto import UnreadableSecrets

ADDRESSES_ARE_NEW = _lazy("The addresses are new. The carrier must be given them now: the old ones are dead.")


def _adapter(kind: str) -> Adapter:
    try:
        return ADAPTERS[kind]
    except KeyError:
        raise Http404 from None


@requires(Permission.MANAGE_CHANNELS)
def provider_list(request: PersonRequest) -> HttpResponse:
    in_use = Q(channels__is_active=True, channels__company=request.company)
    lent = Q(loans__channel=None, loans__revoked_at=None)
    found = providers_for(request.company).annotate(
        channel_count=Count("channels", filter=in_use, distinct=True),
        loan_count=Count("loans", filter=lent, distinct=True),
    )
    rows = [(provider, ADAPTERS[provider.kind].title) for provider in found]
    return render(request, "channels/providers.html", {"rows": rows, "adapters": ADAPTERS.values()})


@requires(Permission.MANAGE_CHANNELS, kind=Adapter)
def add_provider(request: PersonRequest, kind: str) -> HttpResponse:
    adapter = _adapter(kind)
    form = ProviderForm(request.POST or None, adapter=adapter)
    if request.method == "POST" and form.is_valid():
        provider = create_provider(
            company=request.company,
            kind=kind,
            name=form.cleaned_data["name"],
            credentials=form.credentials,
            api_base_url=form.cleaned_data.get("api_base_url", ""),
            acting=request.user,
        )
        messages.success(request, _("The provider was added. Give its addresses to the carrier."))
        return redirect("channels:edit_provider", provider.pk)
    context = {"form": form, "adapter": adapter, "provider": None}
    return render(request, "channels/provider_form.html", context, status=422 if form.is_bound else 200)


@requires(Permission.MANAGE_CHANNELS, pk=Provider)
def edit_provider(request: PersonRequest, pk: int) -> HttpResponse:
    """The account; where it is lent to the company, only whose it is and whether it works."""
    lent = lent_provider(request.company, pk)
    if lent is not None and request.method != "POST":
        return _lent(request, lent)
    provider = get_object_or_404(Provider, pk=pk)
    adapter = _adapter(provider.kind)
    form = ProviderForm(request.POST or None, adapter=adapter, provider=provider)
    if request.method == "POST" and form.is_valid():
        keeps_addresses = not isinstance(provider.hook_token, UnreadableSecrets)
        keeps_its_own = provider.kind == SIMULATOR and provider.is_readable
        update_provider(
            provider=provider,
            name=form.cleaned_data["name"],
            credentials={} if keeps_its_own else form.credentials,
            api_base_url=form.cleaned_data.get("api_base_url", provider.api_base_url),
            acting=request.user,
        )
        words = _("The changes are saved.") if keeps_addresses else ADDRESSES_ARE_NEW
        messages.success(request, words)
        return redirect("channels:edit_provider", provider.pk)
    context = {
        "form": form,
        "adapter": adapter,
        "provider": provider,
        "unowned": unowned_addresses(provider),
        "held_back": held_back(provider),
    }
    if request.user.may(Permission.MANAGE_COMPANIES):
        loans = Loan.objects.filter(provider=provider, channel=None)
        context |= {"loans": running_loans(loans, now=utc_now()), "may_lend": True}
    return render(request, "channels/provider_form.html", context, status=422 if form.is_bound else 200)


def _lent(request: PersonRequest, provider: Provider) -> HttpResponse:
    channels = channels_shown(request.company).filter(provider=provider)
    context = {"provider": provider, "carrier": ADAPTERS[provider.kind].title, "channels": channels}
    return render(request, "channels/provider_lent.html", context)


@require_POST
@requires(Permission.MANAGE_CHANNELS, pk=Provider)
def rotate_token(request: PersonRequest, pk: int) -> HttpResponse:
    """New callback addresses; the old ones stop answering at once."""
    rotate_hook_token(provider=get_object_or_404(Provider, pk=pk), acting=request.user)
    messages.success(request, ADDRESSES_ARE_NEW)
    return redirect("channels:edit_provider", pk)


@require_POST
@requires(Permission.MANAGE_CHANNELS, pk=Provider)
def test_provider(request: PersonRequest, pk: int) -> HttpResponse:
    """Asks the carrier whether the stored credentials work; the page says what it answered."""
    found = check_account(provider=get_object_or_404(Provider, pk=pk), acting=request.user)
    say = messages.success if found is AccountCheck.WORKS else messages.error
    say(request, found.label)
    return redirect("channels:edit_provider", pk)
