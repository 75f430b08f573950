"""Bringing a file of contacts, saving it, giving it up, and removing what has had its time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.common.refusals import Conflict, NotAllowed, taken
from scopchat.contacts.errors import FileTooLarge, ImportUnderWay
from scopchat.contacts.importing import files
from scopchat.contacts.importing.jobs import ask_to_run
from scopchat.contacts.models import UNDER_WAY, ContactImport, ContactList, ImportState
from scopchat.tenancy.models import Company

MAX_BYTES = 200_000_000
FILE_KEPT = timedelta(hours=48)
ROW_KEPT = timedelta(days=30)
PRUNED_AT_ONCE = 100
ONE_AT_A_TIME = {"contact_import_one_at_a_time": ImportUnderWay}


@transaction.atomic
def bring(
    *, company: Company, file: UploadedFile[Any], list_: ContactList | None, acting: User, now: datetime
) -> ContactImport:
    """An import whose file is kept, and read by a job.

    Raises `NotAllowed`, `FileTooLarge`, `ImportUnderWay`, OSError.
    """
    if not acting.may(Permission.EDIT_CONTACTS):
        raise NotAllowed
    if (file.size or 0) > MAX_BYTES:
        raise FileTooLarge
    # Whoever chooses another file has done with the one before.
    for waiting in ContactImport.objects.filter(person=acting, state=ImportState.READY):
        give_up(brought=waiting, now=now)
    with taken(ONE_AT_A_TIME):
        made: ContactImport = ContactImport.objects.create(
            company=company,
            person=acting,
            onto=list_,
            file_name=(file.name or "")[-120:].replace("\0", ""),
            size=file.size or 0,
            country=company.country,
            created_at=now,
            touched_at=now,
        )
    files.keep(made.pk, file.chunks())
    _then_ask(made)
    return made


@transaction.atomic
def save(*, brought: ContactImport, acting: User, now: datetime) -> None:
    """Has what the preview showed written by a job. Raises `NotAllowed`, `ImportUnderWay`, `Conflict`."""
    if not acting.may(Permission.EDIT_CONTACTS):
        raise NotAllowed
    with taken(ONE_AT_A_TIME):
        ready = ContactImport.objects.filter(pk=brought.pk, state=ImportState.READY, has_files=True)
        if not ready.update(state=ImportState.SAVING, started_at=None, attempts=0, touched_at=now):
            raise Conflict
    details = {"file": brought.file_name, "contacts": brought.to_save}
    record(verb=Verb.CONTACTS_IMPORTED, company=brought.company, acting=acting, about=brought, details=details)
    _then_ask(brought)


@transaction.atomic
def end_all(company: Company, *, now: datetime) -> None:
    """Nothing of the company's is imported any more."""
    theirs = ContactImport.objects.filter(company=company, has_files=True)
    ids = list(theirs.values_list("pk", flat=True))
    _cancel(ids, now)
    theirs.filter(pk__in=ids).update(has_files=False)
    for pk in ids:
        transaction.on_commit(partial(files.remove, pk), robust=True)


@transaction.atomic
def give_up(*, brought: ContactImport, now: datetime) -> None:
    """Ends it where it is under way or waits to be saved; what is saved already stays."""
    _cancel([brought.pk], now)
    transaction.on_commit(partial(files.remove_brought, brought.pk), robust=True)


def _cancel(ids: list[int], now: datetime) -> None:
    unsaved = ContactImport.objects.filter(pk__in=ids, state__in=[*UNDER_WAY, ImportState.READY])
    unsaved.update(state=ImportState.CANCELLED, claim=None, touched_at=now)


def _then_ask(brought: ContactImport) -> None:
    transaction.on_commit(partial(ask_to_run, brought.company_id, brought.pk), robust=True)


def prune_files(before: datetime) -> Iterator[int]:
    """Removes the files of imports that were brought before; what nobody has saved until then is cancelled."""
    while True:
        old = ContactImport.objects.filter(created_at__lt=before, has_files=True)
        found = list(old.exclude(state__in=UNDER_WAY).values_list("pk", flat=True)[:PRUNED_AT_ONCE])
        _cancel(found, before + FILE_KEPT)
        for pk in found:
            files.remove(pk)
        # After the files: whoever dies in between finds them again.
        ContactImport.objects.filter(pk__in=found).update(has_files=False)
        yield len(found)
        if len(found) < PRUNED_AT_ONCE:
            return


def prune(before: datetime) -> Iterator[int]:
    """Removes imports that were brought before, with whatever is left of their files."""
    while True:
        old = ContactImport.objects.filter(created_at__lt=before).exclude(state__in=UNDER_WAY)
        found = list(old.values_list("pk", flat=True)[:PRUNED_AT_ONCE])
        for pk in found:
            files.remove(pk)
        ContactImport.objects.filter(pk__in=found).delete()
        yield len(found)
        if len(found) < PRUNED_AT_ONCE:
            return
