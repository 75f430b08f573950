"""Conversations when their company is to go: they have to be over."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import ngettext

from scopchat.interactions.models import Interaction
from scopchat.tenancy.company_lifecycle import Obstacle, Participant
from scopchat.tenancy.models import Company


class Conversations(Participant):
    """An archived company has nobody to answer."""

    name = "interactions"

    def obstacles(self, company: Company) -> Iterator[Obstacle]:
        count = Interaction.objects.not_closed().filter(company=company).count()
        if count:
            words = ngettext("%(n)d open interaction", "%(n)d open interactions", count)
            yield Obstacle(words % {"n": count}, count)
