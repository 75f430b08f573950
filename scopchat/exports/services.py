"""Asking for an export, giving it up, and removing what has had its time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.common.refusals import NotAllowed, Refusal
from scopchat.exports import files
from scopchat.exports.jobs import ask_for_waiting
from scopchat.exports.kinds import Asking, Kind
from scopchat.exports.models import UNFINISHED, Export, State
from scopchat.tenancy.models import Company

KEPT_PER_PERSON = 10
"""Exports of a person in a company that are under way or have a file: disks are not endless."""
FILE_KEPT = timedelta(hours=48)
ROW_KEPT = timedelta(days=30)
PRUNED_AT_ONCE = 100
HELD = Q(state__in=UNFINISHED) | ~Q(file_name="")


class TooMany(Refusal):
    """The person has as many exports as one may have."""

    code = "too_many_exports"


@transaction.atomic
def ask(
    *, kind: Kind, company: Company, acting: User, asked: Mapping[str, str], words: Sequence[str], now: datetime
) -> Export:
    """An export of what `asked` leaves; `words` say the same. One that is under way already is not made twice.

    That it was asked for is recorded. Raises `NotAllowed`, `TooMany`.
    """
    if not kind.may_export(Asking(acting, company, asked)):
        raise NotAllowed
    # Whoever presses twice asks once.
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    theirs = Export.objects.filter(person=acting)
    same = theirs.filter(kind=kind.name, asked=dict(asked), state__in=UNFINISHED).first()
    if same is not None:
        return same
    if theirs.filter(HELD).count() >= KEPT_PER_PERSON:
        raise TooMany(_("You have %(n)d exports already. Delete one of them first.") % {"n": KEPT_PER_PERSON})
    export = Export.objects.create(
        company=company,
        person=acting,
        kind=kind.name,
        asked=dict(asked),
        words=list(words),
        created_at=now,
        touched_at=now,
    )
    details = {"export": str(kind.title), "filter": list(words)}
    record(verb=Verb.DATA_EXPORTED, company=company, acting=acting, about=export, details=details)
    _then_ask(company.pk)
    return export


def _then_ask(company_id: int) -> None:
    transaction.on_commit(partial(ask_for_waiting, company_id), robust=True)


@transaction.atomic
def give_up(*, export: Export, now: datetime) -> None:
    """Ends it where it is under way, and removes its file where it has one."""
    mine = Export.objects.filter(pk=export.pk)
    ended = mine.filter(state__in=UNFINISHED).update(state=State.CANCELLED, claim=None, finished_at=now, touched_at=now)
    if not ended:
        mine.update(file_name="")
    _then_remove([export.pk])
    _then_ask(export.company_id)


@transaction.atomic
def end_all(company: Company, *, now: datetime) -> None:
    """Nothing of the company's is taken away any more."""
    theirs = Export.objects.filter(company=company)
    ids = list(theirs.filter(HELD).values_list("pk", flat=True))
    theirs.filter(state__in=UNFINISHED).update(state=State.CANCELLED, claim=None, finished_at=now, touched_at=now)
    theirs.filter(pk__in=ids).update(file_name="")
    _then_remove(ids)


def _then_remove(ids: Sequence[int]) -> None:
    """Once it is committed: a file that is gone does not come back."""

    def remove() -> None:
        for pk in ids:
            files.remove(pk)

    transaction.on_commit(remove, robust=True)


def prune_files(before: datetime) -> Iterator[int]:
    """Removes the files of exports that ended before."""
    old = Export.objects.filter(finished_at__lt=before).exclude(file_name="")
    while True:
        found = _next(old)
        for pk in found:
            files.remove(pk)
        # After the files: whoever dies in between finds them again.
        Export.objects.filter(pk__in=found).update(file_name="")
        yield len(found)
        if len(found) < PRUNED_AT_ONCE:
            return


def prune(before: datetime) -> Iterator[int]:
    """Removes exports that ended before, with whatever is left of their files."""
    old = Export.objects.filter(finished_at__lt=before)
    while True:
        found = _next(old)
        for pk in found:
            files.remove(pk)
        Export.objects.filter(pk__in=found).delete()
        yield len(found)
        if len(found) < PRUNED_AT_ONCE:
            return


def _next(old: QuerySet[Export]) -> list[int]:
    return list(old.order_by("finished_at").values_list("pk", flat=True)[:PRUNED_AT_ONCE])
