"""Channels when their company goes and comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from scopchat.channels.models import Channel
from scopchat.channels.services import route_what_waited
from scopchat.common.phones import display
from scopchat.tenancy.models import Company
from scopchat.tenancy.participants import Participant, Skipped


class Channels(Participant):
    """Their addresses are free while their company is archived; what is sent to them meanwhile waits in the journal."""

    name = "channels"

    def remove(self, company: Company, *, now: datetime) -> list[int]:  # noqa: ARG002
        ids = list(Channel.objects.filter(company=company, is_active=True).values_list("pk", flat=True))
        Channel.objects.filter(pk__in=ids).update(is_active=False)
        return ids

    def restore(self, company: Company, *, ids: Sequence[int]) -> Iterator[Skipped]:
        """One by one: the database alone knows which addresses are taken at this moment."""
        for channel in Channel.objects.filter(company=company, pk__in=ids).order_by("pk"):
            try:
                with transaction.atomic():
                    Channel.objects.filter(pk=channel.pk).update(is_active=True)
            except IntegrityError:
                name = f"{channel.name} ({display(channel.address, company.country)})"
                yield Skipped(name, _("Another channel of the provider has this number now."))
            else:
                route_what_waited(channel)
