"""Files of contacts when their company goes: nothing of them is imported any more."""

from __future__ import annotations

from datetime import datetime

from scopchat.contacts.importing.services import end_all
from scopchat.tenancy.company_lifecycle import Participant
from scopchat.tenancy.models import Company


class Imports(Participant):
    """They do not come back: whoever needs one chooses the file again."""

    name = "imports"

    def remove(self, company: Company, *, now: datetime) -> list[int]:
        end_all(company, now=now)
        return []
