"""Exports for tests of pages, as their runs would leave them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.common.clock import utc_now
from scopchat.exports import files
from scopchat.exports.models import Export, State
from scopchat.tenancy.models import Company


def made_export(company: Company, person: User, **changes: Any) -> Export:
    """One that is done, with its file."""
    now, claim = utc_now(), uuid4()
    values = {
        "state": State.DONE,
        "file_name": "interactions-2026-11-23-0900.csv",
        "saw": {"reach": 0, "channels": [], "queues": []},
        "finished_at": now,
        **changes,
    }
    with scope(company=company):
        export = Export.objects.create(
            company=company, person=person, kind="interactions", asked={}, words=[], created_at=now, touched_at=now,
            **values,
        )  # fmt: skip
    if export.file_name:
        files.begin(export.pk, claim, "Interaction\r\n")
        files.keep(export.pk, claim)
    return export
