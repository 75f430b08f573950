"""Channels when their company goes and comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from scopchat.channels.models import Channel
from scopchat.channels.services import replay_unmatched
from scopchat.common.phones import display
from scopchat.tenancy.company_lifecycle import Participant, Skipped
from scopchat.tenancy.models import Company


class Channels(Participant):
    """Their addresses are free while their company is archived; what is sent to them meanwhile waits in the journal."""

    name = "channels"

    def remove(self, company: Company, *, now: datetime) -> list[int]:  # noqa: ARG002
        ids = list(Channel.objects.filter(company=company, is_active=True).values_list("pk", flat=True))
        Channel.objects.filter(pk__in=ids).update(is_active=False)
        return ids

    def restore(self, company: Company, *, ids: Sequence[int]) -> Iterator[Skipped]:
        """One by one: the database alone knows which addresses are taken at this moment."""
        channels = Channel.objects.filter(company=company, pk__in=ids).select_related("loan")
        for channel in channels.order_by("pk"):
            name = f"{channel.name} ({display(channel.address, company.country)})"
            if channel.loan and channel.loan.revoked_at:
                # It comes back when it is lent again.
                Channel.objects.filter(pk=channel.pk).update(stopped_at=channel.loan.revoked_at)
                yield Skipped(name, _("It is no longer lent to the company."))
                continue
            try:
                with transaction.atomic():
                    Channel.objects.filter(pk=channel.pk).update(is_active=True)
            except IntegrityError:
                yield Skipped(name, _("Another channel of the provider has this number now."))
            else:
                replay_unmatched(channel)
