"""The pages of channels: the list, a new one, and where its messages go."""

from __future__ import annotations

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from scopchat.accounts.access import PersonRequest, requires
from scopchat.accounts.roles import Permission
from scopchat.channels.forms import ChannelForm, NewChannelForm
from scopchat.channels.loans import channels_shown, providers_for, running_loans
from scopchat.channels.models import Channel, Loan
from scopchat.channels.services import create_channel, update_channel
from scopchat.common.clock import utc_now
from scopchat.common.refusals import said_on


@requires(Permission.MANAGE_CHANNELS)
def channel_list(request: PersonRequest) -> HttpResponse:
    channels = channels_shown(request.company).fetch_mode(models.FETCH_RAISE)
    context = {"channels": channels, "has_provider": lambda: providers_for(request.company).exists()}
    return render(request, "channels/list.html", context)


@requires(Permission.MANAGE_CHANNELS)
def add_channel(request: PersonRequest) -> HttpResponse:
    form = NewChannelForm(request.POST or None, company=request.company)
    if request.method == "POST" and form.is_valid():
        with said_on(form):
            create_channel(company=request.company, acting=request.user, **form.cleaned_data)
            messages.success(request, _("The channel was added."))
            return redirect("channels:list")
    status = 422 if form.is_bound else 200
    return render(request, "channels/form.html", {"form": form, "channel": None}, status=status)


@requires(Permission.MANAGE_CHANNELS, pk=Channel)
def edit_channel(request: PersonRequest, pk: int) -> HttpResponse:
    related = Channel.objects.select_related("provider", "company", "queue", "loan__company")
    channel: Channel = get_object_or_404(related, pk=pk)
    form = ChannelForm(request.POST or None, company=request.company, channel=channel)
    if request.method == "POST" and form.is_valid():
        values = {"throughput": channel.throughput, **form.cleaned_data}
        with said_on(form):
            update_channel(channel=channel, acting=request.user, **values)
            messages.success(request, _("The changes are saved."))
            return redirect("channels:list")
    context = {"form": form, "channel": channel}
    if request.user.may(Permission.MANAGE_COMPANIES):
        context["loans"] = running_loans(Loan.objects.filter(channel=channel), now=utc_now())
        context["may_lend"] = channel.is_active and channel.loan is None
    return render(request, "channels/form.html", context, status=422 if form.is_bound else 200)
