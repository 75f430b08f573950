"""The database itself refuses to change or remove what was recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from scopchat.audit.models import Entry
from tests.cast import Cast


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: Entry.objects.update(person_name="Nobody"),
        lambda: Entry.objects.all().delete(),
        lambda: Entry.objects.filter(pk=0).delete(),
        lambda: sql("UPDATE audit_entry SET verb = verb WHERE false"),
        lambda: sql("DELETE FROM audit_entry"),
        lambda: sql("TRUNCATE audit_entry"),
        lambda: sql("SET LOCAL scopchat.audit_retention = 'on'; TRUNCATE audit_entry"),
        lambda: sql("SET LOCAL scopchat.audit_retention = 'on'; UPDATE audit_entry SET verb = ''"),
    ],
)
def test_it_refuses_to_change_or_remove_entries(cast: Cast, tamper: Callable[[], object]) -> None:
    before = Entry.objects.count()
    with transaction.atomic():
        sql("ALTER TABLE audit_entry ENABLE TRIGGER audit_no_truncate")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            tamper()
        sql("ALTER TABLE audit_entry DISABLE TRIGGER audit_no_truncate")
    assert Entry.objects.count() == before > 0


def test_a_transaction_that_says_so_may_remove_old_entries(cast: Cast) -> None:
    with transaction.atomic():
        sql("SET LOCAL scopchat.audit_retention = 'on'")
        Entry.objects.filter(company_id=cast.client.pk).delete()
        sql("SET LOCAL scopchat.audit_retention = 'off'")
    assert not Entry.objects.filter(company_id=cast.client.pk).exists()
    assert Entry.objects.exists()
