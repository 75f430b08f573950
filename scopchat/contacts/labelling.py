"""Labels of a company, and which of them are on a contact."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.common.refusals import taken
from scopchat.contacts.errors import LabelTaken, TooManyLabels
from scopchat.contacts.models import HUES, Contact, ContactLabel, Label
from scopchat.contacts.signals import contacts_changed
from scopchat.tenancy.models import Company

MAX_LABELS = 100
"""Of a company: they are offered all at once."""
TOLD_AT_ONCE = 1_000
"""Contacts whose open conversations are told at once that a label is gone; others show it when they are opened."""


@transaction.atomic
def add_label(*, company: Company, name: str, acting: User | None = None) -> Label:
    """A new label in the colour that the fewest have. Raises `LabelTaken`, `TooManyLabels`."""
    hues = list(Label.objects.values_list("hue", flat=True))
    if len(hues) >= MAX_LABELS:
        raise TooManyLabels(MAX_LABELS)
    with taken({"label_name_once": LabelTaken}):
        label: Label = Label.objects.create(company=company, name=name, hue=min(range(HUES), key=hues.count))
    record(verb=Verb.LABEL_ADDED, company=company, acting=acting, about=label)
    return label


@transaction.atomic
def remove_label(*, label: Label, acting: User, now: datetime) -> None:
    """Takes it off all contacts."""
    record(verb=Verb.LABEL_REMOVED, company=label.company, acting=acting, about=label)
    numbers = Contact.objects.kept().filter(labels=label).values_list("number", flat=True)[:TOLD_AT_ONCE]
    told = sorted(numbers)
    Label.objects.filter(pk=label.pk).delete()
    if told:
        contacts_changed.send(sender=None, company_id=label.company_id, numbers=told, in_rows=True, now=now)


@transaction.atomic
def set_labels(*, contact: Contact, labels: Collection[Label], now: datetime) -> None:
    """These labels are on the contact, and no others."""
    worn = ContactLabel.objects.filter(contact=contact)
    gone, _removed = worn.exclude(label__in=labels).delete()
    kept = set(worn.values_list("label_id", flat=True))
    added = [label for label in labels if label.pk not in kept]
    ContactLabel.objects.bulk_create(
        [ContactLabel(company_id=contact.company_id, contact=contact, label=label) for label in added],
        ignore_conflicts=True,
    )
    if gone or added:
        contacts_changed.send(
            sender=None, company_id=contact.company_id, numbers=[contact.number], in_rows=True, now=now
        )


def take_off(*, contact: Contact, label: Label, now: datetime) -> None:
    """The label is not on the contact any more."""
    set_labels(contact=contact, labels=list(contact.labels.exclude(pk=label.pk)), now=now)
