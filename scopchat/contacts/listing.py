"""Lists of contacts: what they are called, on what consent they rest, and who is on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import changes, record
from scopchat.common.refusals import Conflict, taken
from scopchat.contacts.consent import Basis
from scopchat.contacts.errors import ListGone, ListTaken, TooManyLists
from scopchat.contacts.models import Contact, ContactList, ListMember
from scopchat.tenancy.models import Company

MAX_LISTS = 200
"""Of a company: they are offered all at once."""
PRUNED_AT_ONCE = 1_000
ONCE = {"contact_list_name_once": ListTaken}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListParticulars:
    """What a company says of a list."""

    name: str
    description: str = ""
    consent_basis: str = Basis.UNKNOWN
    consent_source: str = ""
    consent_since: date | None = None


@transaction.atomic
def add_list(
    *, company: Company, particulars: ListParticulars, now: datetime, acting: User | None = None
) -> ContactList:
    """A new list of the company, with nobody on it. Raises `ListTaken`, `TooManyLists`."""
    if ContactList.objects.kept().count() >= MAX_LISTS:
        raise TooManyLists(MAX_LISTS)
    with taken(ONCE):
        added: ContactList = ContactList.objects.create(company=company, created_at=now, **asdict(particulars))
    record(verb=Verb.LIST_ADDED, company=company, acting=acting, about=added, details=_consent(particulars))
    return added


@transaction.atomic
def change_list(*, listed: ContactList, particulars: ListParticulars, acting: User) -> None:
    """Raises `ListTaken`, `ListGone`."""
    listed = _held(listed)
    after = asdict(particulars)
    details = changes(_plain({name: getattr(listed, name) for name in after}), _plain(after))
    if not details:
        return
    for name, value in after.items():
        setattr(listed, name, value)
    with taken(ONCE):
        listed.save(update_fields=[*after])
    record(verb=Verb.LIST_CHANGED, company=listed.company, acting=acting, about=listed, details=details)


@transaction.atomic
def delete_list(*, listed: ContactList, acting: User, now: datetime) -> None:
    """Takes the list away; its contacts stay in the address book. Raises `ListGone`."""
    listed = _held(listed)
    listed.deleted_at = now
    listed.save(update_fields=["deleted_at"])
    record(verb=Verb.LIST_DELETED, company=listed.company, acting=acting, about=listed)


@transaction.atomic
def bring_back_list(*, listed: ContactList, acting: User) -> None:
    """Undoes that it was deleted. Raises `ListTaken`, and `Conflict` where that is undone already."""
    with taken(ONCE):
        if not ContactList.objects.filter(pk=listed.pk, deleted_at__isnull=False).update(deleted_at=None):
            raise Conflict
    record(verb=Verb.LIST_BROUGHT_BACK, company=listed.company, acting=acting, about=listed)


@transaction.atomic
def put_on_list(*, listed: ContactList, contact: Contact, acting: User | None, now: datetime) -> bool:
    """The contact is on the list; whether it was not before. Raises `ListGone`."""
    if not ContactList.objects.kept().filter(pk=listed.pk).exists():
        raise ListGone
    _member, is_new = ListMember.objects.get_or_create(
        list=listed, contact=contact, defaults={"company_id": listed.company_id, "added_at": now}
    )
    if is_new:
        _record_member(Verb.LIST_MEMBER_ADDED, listed, contact, acting)
    return is_new


@transaction.atomic
def take_off_list(*, listed: ContactList, contact: Contact, acting: User) -> bool:
    """The contact is not on the list any more; whether it was before."""
    gone, _removed = ListMember.objects.filter(list=listed, contact=contact).delete()
    if gone:
        _record_member(Verb.LIST_MEMBER_REMOVED, listed, contact, acting)
    return bool(gone)


@transaction.atomic
def set_lists(*, contact: Contact, lists: Collection[ContactList], acting: User, now: datetime) -> None:
    """The contact is on these lists of the company, and on no others. Raises `ListGone`."""
    wanted = {listed.pk for listed in lists}
    before = {listed.pk: listed for listed in contact.lists.filter(deleted_at=None).select_related("company")}
    for pk, listed in before.items():
        if pk not in wanted:
            take_off_list(listed=listed, contact=contact, acting=acting)
    for listed in lists:
        if listed.pk not in before:
            put_on_list(listed=listed, contact=contact, acting=acting, now=now)


def prune(before: datetime) -> Iterator[int]:
    """Removes lists that were deleted before, first who was on them."""
    old = ContactList.objects.filter(deleted_at__lt=before)
    while True:
        with transaction.atomic():
            found = list(ListMember.objects.filter(list__in=old).values_list("pk", flat=True)[:PRUNED_AT_ONCE])
            ListMember.objects.filter(pk__in=found).delete()
        yield len(found)
        if len(found) < PRUNED_AT_ONCE:
            break
    with transaction.atomic():
        _all, removed = old.delete()
    yield removed.get("contacts.ContactList", 0)


def _held(listed: ContactList) -> ContactList:
    """The list as it is now, until the transaction ends. Raises `ListGone`."""
    rows = ContactList.objects.kept().select_related("company").select_for_update(of=("self",), no_key=True)
    found: ContactList | None = rows.filter(pk=listed.pk).first()
    if found is None:
        raise ListGone
    return found


def _record_member(verb: Verb, listed: ContactList, contact: Contact, acting: User | None) -> None:
    details = {"contact": str(contact), "number": contact.number}
    record(verb=verb, company=listed.company, acting=acting, about=listed, details=details)


def _consent(particulars: ListParticulars) -> dict[str, Any]:
    """What the log keeps of the consent, where it is known."""
    said = _plain(asdict(particulars)).items()
    return {name: value for name, value in said if name.startswith("consent_") and value}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As the log can keep it."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
