"""Imports for tests of pages, as their runs would leave them."""

from __future__ import annotations

from typing import Any

from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.common.clock import utc_now
from scopchat.contacts.importing import files
from scopchat.contacts.models import ContactImport, ImportState
from scopchat.tenancy.models import Company


def made_import(company: Company, person: User, **changes: Any) -> ContactImport:
    """One that waits to be saved, with a refused line."""
    now = utc_now()
    values = {
        "state": ImportState.READY, "encoding": "cp1252", "separator": ";", "bytes_read": 1_200_000, "lines": 12_480,
        "new": 12_067, "known": 412, "invalid": 1, "first_refused": [[18, "514 555-014", "bad_number"]],
        **changes,
    }  # fmt: skip
    with scope(company=company):
        one: ContactImport = ContactImport.objects.create(
            company=company, person=person, file_name="patients.csv", size=1_200_000, country="CA", created_at=now,
            touched_at=now, **values,
        )  # fmt: skip
    files.keep(one.pk, [b"SMS_NUMBER\r\n"])
    files.refused(one.pk).write_text("SMS_NUMBER\r\n514 555-014\r\n")
    return one
