"""Mass sends when their company goes: what is under way stays where it is."""

from __future__ import annotations

from datetime import datetime

from scopchat.masssends.services.steering import pause_all
from scopchat.tenancy.company_lifecycle import Participant
from scopchat.tenancy.models import Company


class MassSends(Participant):
    """They do not go on by themselves when the company comes back: somebody looks at them first."""

    name = "mass sends"

    def remove(self, company: Company, *, now: datetime) -> list[int]:  # noqa: ARG002
        pause_all(company)
        return []
