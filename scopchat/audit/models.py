"""Who did what: rows that are written once and never change (docs/decisions/0010)."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.db.models.functions import Left, Now

from scopchat.audit.catalogue import Verb
from scopchat.audit.querysets import BRANCHES, LEVEL_CHARACTERS, EntryQuerySet


class Entry(models.Model):
    """One action. Ids and copies of names instead of foreign keys: it outlives whatever it tells of."""

    at = models.DateTimeField(db_default=Now())
    """By the database's clock, which all machines share."""
    verb = models.CharField(max_length=40)
    """A `catalogue.Verb`; not as choices, as a new verb is no change of the table."""
    person_id = models.BigIntegerField(null=True)
    """Who did it; nobody for strangers and for the installation itself."""
    person_name = models.CharField(max_length=120, blank=True)
    person_company_id = models.BigIntegerField(null=True)
    """The company they belong to: not the one it concerns when somebody above acts in a company below."""
    person_company_name = models.CharField(max_length=120, blank=True)
    company_id = models.BigIntegerField()
    """Whom it concerns."""
    company_path = models.CharField(max_length=255)
    company_name = models.CharField(max_length=120)
    object_kind = models.CharField(max_length=20, blank=True)
    object_id = models.BigIntegerField(null=True)
    object_label = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    """What the action was, by the keys of `catalogue.DETAILS`: a value, or `{"before": …, "after": …}`."""
    ip = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=300, blank=True)
    search = models.TextField(blank=True)
    """All its words, folded."""

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_entry_latest"),
            *(
                models.Index(
                    Left("company_path", depth * LEVEL_CHARACTERS),
                    F("at").desc(),
                    F("id").desc(),
                    name=f"audit_entry_branch_{depth}",
                )
                for depth in BRANCHES
            ),
            models.Index(fields=["person_id", "-at", "-id"], name="audit_entry_person"),
            models.Index(fields=["verb", "-at", "-id"], name="audit_entry_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_label}"

    @property
    def verb_label(self) -> str:
        """What was done, for a person."""
        return str(Verb(self.verb).label) if self.verb in Verb else self.verb
