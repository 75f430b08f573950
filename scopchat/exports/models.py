"""Exports: who asked for which rows, how far it has come, and the file."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scopchat.exports.kinds import KINDS, Asking, Kind
from scopchat.tenancy.scoping import TenantModel


class State(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("In progress")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


UNFINISHED = (State.WAITING, State.RUNNING)


class Trouble(models.TextChoices):
    """Why one failed."""

    NOT_ALLOWED = "not_allowed", _("What you may see changed meanwhile. Export again.")
    GONE = "gone", _("Something in the filter no longer exists. Choose it again, then export.")
    BROKEN = "broken", _("The export failed. Try again, or tell your administrator.")


class Export(TenantModel):
    """Rows that a person takes away as a file. Nobody else sees it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=20)
    """A name in `KINDS`."""
    asked = models.JSONField()
    """What it is narrowed to, as its kind reads it."""
    words = models.JSONField()
    """The same for people, in the language of who asked."""
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    trouble = models.CharField(max_length=20, choices=Trouble, blank=True)
    claim = models.UUIDField(null=True)
    """The run that writes it: what an earlier one does counts no more."""
    attempts = models.PositiveSmallIntegerField(default=0)
    saw = models.JSONField(default=dict)
    """How much the person saw when it ran."""
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    """In what its kind counts."""
    rows = models.BigIntegerField(default=0)
    """Lines of the file so far, without its first."""
    file_name = models.CharField(max_length=80, blank=True)
    """What the file is called when it is taken; empty while there is none, and after it was removed."""
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField()
    """When something last happened to it."""
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("export")
        indexes = [
            models.Index(fields=["company", "person", "-id"], name="export_of_person"),
            models.Index(fields=["company", "id"], condition=Q(state__in=UNFINISHED), name="export_unfinished"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="export_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def described(self) -> Kind:
        return KINDS[self.kind]

    @property
    def asking(self) -> Asking:
        return Asking(self.person, self.company, self.asked)

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def seconds_left(self) -> int | None:
        """By what has been done since it began; None while nothing has."""
        if not (self.done and self.started_at):
            return None
        return int((self.touched_at - self.started_at).total_seconds() / self.done * max(self.total - self.done, 0))

    @property
    def minutes_left(self) -> int:
        return round((self.seconds_left or 0) / 60)
