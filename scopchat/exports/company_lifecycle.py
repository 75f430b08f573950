"""Exports when their company goes: nothing of it is taken away any more."""

from __future__ import annotations

from datetime import datetime

from scopchat.exports.services import end_all
from scopchat.tenancy.company_lifecycle import Participant
from scopchat.tenancy.models import Company


class Exports(Participant):
    """They do not come back: whoever needs one exports again."""

    name = "exports"

    def remove(self, company: Company, *, now: datetime) -> list[int]:
        end_all(company, now=now)
        return []
