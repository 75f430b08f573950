"""The address book: customers by number, the labels put on them, and what colleagues noted."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from scopchat.common.faces import hue_of, initials
from scopchat.common.searching import Searched
from scopchat.contacts.consent import MAX_SOURCE, Basis
from scopchat.contacts.querysets import ContactListQuerySet, ContactQuerySet
from scopchat.tenancy.scoping import TenantManager, TenantModel

MAX_NAME = 120
MAX_LABEL = 40
MAX_NOTE = 2_000
MAX_LIST = 80
MAX_DESCRIPTION = 300
HUES = 10
"""Colours of labels: `.tint-0` to `.tint-9` of the pages."""

ContactManager = TenantManager.from_queryset(ContactQuerySet)
ContactListManager = TenantManager.from_queryset(ContactListQuerySet)


class Label(TenantModel):
    """A word that a company puts on contacts."""

    name = models.CharField(_("name"), max_length=MAX_LABEL)
    hue = models.PositiveSmallIntegerField(_("colour"), validators=[MaxValueValidator(HUES - 1)])

    class Meta:
        verbose_name = _("label")
        constraints = [models.UniqueConstraint("company", Lower("name"), name="label_name_once")]

    def __str__(self) -> str:
        return self.name


class Contact(Searched, TenantModel):
    """Somebody a company texts with, known by their number."""

    SEARCHED = ("name", "business", "number", "email")

    number = models.CharField(_("number"), max_length=16)
    """E.164."""
    name = models.CharField(_("full name"), max_length=MAX_NAME, blank=True)
    business = models.CharField(_("business"), max_length=MAX_NAME, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    labels = models.ManyToManyField(Label, through="ContactLabel", related_name="contacts")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    """It is nowhere any more, but can still be brought back."""

    objects: ClassVar = ContactManager()

    class Meta:
        verbose_name = _("contact")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "number"], condition=Q(deleted_at=None), name="contact_number_once"
            )
        ]
        indexes = [
            models.Index(fields=["company", "search", "id"], condition=Q(deleted_at=None), name="contact_by_search"),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="contact_deleted"),
        ]

    def __str__(self) -> str:
        return self.called or self.number

    @property
    def called(self) -> str:
        """By what colleagues know them; empty where only the number is known."""
        return self.name or self.business

    @property
    def initials(self) -> str:
        return initials(self.called) or self.number[-2:]

    @property
    def hue(self) -> str:
        return hue_of(self.number)


class ContactLabel(TenantModel):
    """That a label is on a contact."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, db_index=False, related_name="+")
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "label"], name="contact_label_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.label_id}"


class ContactList(Searched, TenantModel):
    """Contacts that a company writes to together."""

    SEARCHED = ("name", "description")

    name = models.CharField(_("name"), max_length=MAX_LIST)
    description = models.CharField(_("description"), max_length=MAX_DESCRIPTION, blank=True)
    consent_basis = models.CharField(max_length=10, choices=Basis, blank=True, db_default=Basis.UNKNOWN)
    consent_source = models.CharField(max_length=MAX_SOURCE, blank=True, db_default="")
    """Where it was given: a form, a contract, a counter."""
    consent_since = models.DateField(null=True)
    contacts = models.ManyToManyField(Contact, through="ListMember", related_name="lists")
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    """It is nowhere any more, but can still be brought back with its members."""

    objects: ClassVar = ContactListManager()

    class Meta:
        verbose_name = _("list")
        constraints = [
            models.UniqueConstraint(
                "company", Lower("name"), condition=Q(deleted_at=None), name="contact_list_name_once"
            )
        ]
        indexes = [models.Index(fields=["company", "search", "id"], name="contact_list_by_search")]

    def __str__(self) -> str:
        return self.name


class ListMember(TenantModel):
    """That a contact is on a list. Of one that was deleted it stays, for it can be brought back."""

    list = models.ForeignKey(ContactList, on_delete=models.CASCADE, db_index=False, related_name="members")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "contact"], name="list_member_once")]

    def __str__(self) -> str:
        return f"{self.list_id} {self.contact_id}"


class ContactNote(TenantModel):
    """What somebody wrote about a contact for their colleagues."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, db_index=False, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """None where it came with an import."""
    text = models.TextField(_("note"), max_length=MAX_NOTE)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        indexes = [models.Index(fields=["contact", "-id"], name="contact_note_of")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.pk}"


class ImportState(models.TextChoices):
    READING = "reading", _("Being read")
    READY = "ready", _("Preview")
    SAVING = "saving", _("Being saved")
    DONE = "done", _("Saved")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


UNDER_WAY = (ImportState.READING, ImportState.SAVING)


class ImportTrouble(models.TextChoices):
    """Why one failed."""

    NOT_CSV = "not_csv", _("This is not a CSV file. Save it as CSV in your spreadsheet, then choose it again.")
    TOO_MANY = "too_many", _("The file has more than 2,000,000 lines. Divide it.")
    NOT_ALLOWED = "not_allowed", _("What you may do changed meanwhile.")
    BROKEN = "broken", _("The file could not be read. Choose it again; if it fails again, tell your administrator.")


class ContactImport(TenantModel):
    """A file of contacts that somebody brings: first read, then, when they say so, saved. Nobody else sees it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    onto = models.ForeignKey(ContactList, on_delete=models.SET_NULL, null=True, related_name="+")
    """The list its contacts go onto; none for the address book alone."""
    file_name = models.CharField(max_length=120)
    size = models.BigIntegerField()
    """Bytes of the file."""
    country = models.CharField(max_length=2)
    """Whose numbers those in local form are."""
    encoding = models.CharField(max_length=12, blank=True)
    separator = models.CharField(max_length=1, blank=True)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.READING)
    trouble = models.CharField(max_length=20, choices=ImportTrouble, blank=True)
    claim = models.UUIDField(null=True)
    """The run that works on it: what an earlier one does counts no more."""
    attempts = models.PositiveSmallIntegerField(default=0)
    bytes_read = models.BigIntegerField(default=0)
    """For the preview."""
    lines = models.IntegerField(default=0)
    """Read for the preview; the counts of it follow."""
    new = models.IntegerField(default=0)
    known = models.IntegerField(default=0)
    duplicates = models.IntegerField(default=0)
    invalid = models.IntegerField(default=0)
    first_refused = models.JSONField(default=list)
    """For the page: line, what stands for the number, the fault."""
    done = models.IntegerField(default=0)
    """Contacts of the file that are saved."""
    added = models.IntegerField(default=0)
    bytes_saved = models.BigIntegerField(default=0)
    """Of what the preview kept: where the next batch begins."""
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField()
    """When something last happened to it."""
    has_files = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("import")
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(state__in=UNDER_WAY), name="contact_import_one_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="contact_import_old")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def kilobytes(self) -> float:
        return max(self.size / 1_000, 1)

    @property
    def megabytes(self) -> float:
        return self.size / 1_000_000

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def to_save(self) -> int:
        return self.new + self.known

    @property
    def refused(self) -> int:
        """Lines of the file that are not to be saved."""
        return self.duplicates + self.invalid

    @property
    def progress(self) -> tuple[int, int]:
        """How much is done of what is under way, and of how much."""
        return (self.bytes_read, self.size) if self.state == ImportState.READING else (self.done, self.to_save)

    @property
    def seconds_left(self) -> int | None:
        """By what has been done since it began; None while nothing has."""
        done, total = self.progress
        if not (done and self.started_at):
            return None
        return int((self.touched_at - self.started_at).total_seconds() / done * max(total - done, 0))

    @property
    def minutes_left(self) -> int:
        return round((self.seconds_left or 0) / 60)

    @property
    def changed(self) -> int:
        """Those saved that were contacts already."""
        return self.done - self.added
