"""Changes to contacts, and what is noted about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import changes, record
from scopchat.common.phones import to_e164
from scopchat.common.refusals import Conflict, NotAllowed, taken
from scopchat.contacts.errors import ContactGone, NumberTaken
from scopchat.contacts.models import Contact, ContactNote
from scopchat.contacts.signals import contacts_changed
from scopchat.tenancy.models import Company

PRUNED_AT_ONCE = 1_000
ONCE = {"contact_number_once": NumberTaken}


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What a contact says of a customer."""

    name: str
    business: str = ""
    email: str = ""


def contact_of(number: str) -> Contact | None:
    """The scoped company's contact with this number."""
    found: Contact | None = Contact.objects.kept().filter(number=number).first()
    return found


@transaction.atomic
def add_contact(
    *, company: Company, phone: str, particulars: Particulars, now: datetime, acting: User | None = None
) -> Contact:
    """A new contact of the company, `phone` as it was typed. Raises `BadNumber`, `NumberTaken`."""
    number = to_e164(phone, country=company.country)
    with taken(ONCE):
        contact: Contact = Contact.objects.create(
            company=company, number=number, created_at=now, updated_at=now, **asdict(particulars)
        )
    record(verb=Verb.CONTACT_ADDED, company=company, acting=acting, about=contact, details={"number": number})
    _tell(contact, number, now=now, in_rows=True)
    return contact


@transaction.atomic
def change_contact(*, contact: Contact, phone: str, particulars: Particulars, acting: User, now: datetime) -> None:
    """Raises `BadNumber`, `NumberTaken`, `ContactGone`."""
    contact = _held(contact)
    after = {"number": to_e164(phone, country=contact.company.country), **asdict(particulars)}
    before = {name: getattr(contact, name) for name in after}
    details = changes(before, after)
    if not details:
        return
    for name, value in after.items():
        setattr(contact, name, value)
    contact.updated_at = now
    with taken(ONCE):
        contact.save(update_fields=[*after, "updated_at"])
    record(verb=Verb.CONTACT_CHANGED, company=contact.company, acting=acting, about=contact, details=details)
    _tell(contact, before["number"], contact.number, now=now, in_rows=True)


@transaction.atomic
def delete_contact(*, contact: Contact, acting: User, now: datetime) -> None:
    """Takes it out of the address book; conversations keep the number. Raises `ContactGone`."""
    contact = _held(contact)
    contact.deleted_at = now
    contact.save(update_fields=["deleted_at"])
    details = {"number": contact.number}
    record(verb=Verb.CONTACT_DELETED, company=contact.company, acting=acting, about=contact, details=details)
    _tell(contact, contact.number, now=now, in_rows=True)


@transaction.atomic
def bring_back_contact(*, contact: Contact, acting: User, now: datetime) -> None:
    """Undoes that it was deleted. Raises `NumberTaken`, and `Conflict` where that is undone already."""
    with taken(ONCE):
        if not Contact.objects.filter(pk=contact.pk, deleted_at__isnull=False).update(deleted_at=None):
            raise Conflict
    details = {"number": contact.number}
    record(verb=Verb.CONTACT_BROUGHT_BACK, company=contact.company, acting=acting, about=contact, details=details)
    _tell(contact, contact.number, now=now, in_rows=True)


@transaction.atomic
def add_note(*, contact: Contact, text: str, acting: User | None, now: datetime) -> ContactNote:
    """Raises `ContactGone`."""
    contact = _held(contact)
    note: ContactNote = ContactNote.objects.create(
        company_id=contact.company_id, contact=contact, author=acting, text=text, written_at=now
    )
    _tell(contact, contact.number, now=now)
    return note


@transaction.atomic
def change_note(*, note: ContactNote, text: str, acting: User, now: datetime) -> None:
    """Raises `NotAllowed` for anybody but its author, `Conflict` where it is gone."""
    _require_author(note, acting)
    if not ContactNote.objects.filter(pk=note.pk).update(text=text):
        raise Conflict
    _tell(note.contact, note.contact.number, now=now)


@transaction.atomic
def remove_note(*, note: ContactNote, acting: User, now: datetime) -> None:
    """Raises `NotAllowed` for anybody but its author."""
    _require_author(note, acting)
    ContactNote.objects.filter(pk=note.pk).delete()
    _tell(note.contact, note.contact.number, now=now)


def prune(before: datetime) -> Iterator[int]:
    """Removes contacts that were deleted before, with their notes."""
    while True:
        with transaction.atomic():
            old = Contact.objects.select_for_update(skip_locked=True).filter(deleted_at__lt=before)
            found = list(old.order_by("deleted_at").values_list("pk", flat=True)[:PRUNED_AT_ONCE])
            Contact.objects.filter(pk__in=found).delete()
        yield len(found)
        if len(found) < PRUNED_AT_ONCE:
            return


def _held(contact: Contact) -> Contact:
    """The contact as it is now, until the transaction ends. Raises `ContactGone`."""
    rows = Contact.objects.kept().select_related("company").select_for_update(of=("self",))
    found: Contact | None = rows.filter(pk=contact.pk).first()
    if found is None:
        raise ContactGone
    return found


def _require_author(note: ContactNote, person: User) -> None:
    if note.author_id != person.pk:
        raise NotAllowed


def _tell(contact: Contact, *numbers: str, now: datetime, in_rows: bool = False) -> None:
    contacts_changed.send(
        sender=None, company_id=contact.company_id, numbers=sorted({*numbers}), in_rows=in_rows, now=now
    )
