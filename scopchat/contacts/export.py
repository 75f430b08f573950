"""Contacts as a table, in the columns in which files of contacts come in."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scopchat.accounts.roles import Permission
from scopchat.contacts.forms import ContactFilter
from scopchat.contacts.importing.reading import COLUMNS
from scopchat.contacts.models import Contact, ContactList, ContactNote
from scopchat.contacts.querysets import ContactQuerySet
from scopchat.exports.kinds import Asking, Batch, Gone, Kind

AT_A_TIME = 1_000


class Contacts(Kind):
    """In the order in which they were made. The notes are those that came with a file: others are of who wrote them."""

    name = "contacts"
    title = gettext_lazy("Contacts")
    page = "contacts:list"
    permission = Permission.EDIT_CONTACTS

    def columns(self) -> Sequence[str]:
        return [*COLUMNS, _("Labels"), _("Lists")]

    def count(self, asking: Asking) -> int:
        return found_by(asking).count()

    def batch(self, asking: Asking, after: str) -> Batch:
        imported = Prefetch("notes", ContactNote.objects.filter(author=None).order_by("id"))
        related = found_by(asking).prefetch_related("labels", imported, Prefetch("lists", ContactList.objects.kept()))
        contacts = list(related.filter(pk__gt=int(after or 0)).order_by("pk")[:AT_A_TIME])
        rows = [_row(contact) for contact in contacts]
        return Batch(rows, len(rows), str(contacts[-1].pk) if len(contacts) == AT_A_TIME else "")


def found_by(asking: Asking) -> ContactQuerySet:
    """What the list's filter leaves. Raises `Gone`."""
    form = ContactFilter(asking.asked)
    if not form.is_valid():
        raise Gone
    found: ContactQuerySet = form.narrowed(Contact.objects.kept())
    return found


def _row(contact: Contact) -> list[object]:
    notes = "\n".join(note.text for note in contact.notes.all())
    labels = ", ".join(sorted(label.name for label in contact.labels.all()))
    lists = ", ".join(sorted(listed.name for listed in contact.lists.all()))
    return [contact.number, contact.name, contact.business, contact.email, notes, labels, lists]
