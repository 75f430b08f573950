"""What is searched: the words of texts, beside the texts."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from scopchat.interactions.models.interactions import Interaction
from scopchat.interactions.models.messages import Message
from scopchat.tenancy.models import Company
from scopchat.tenancy.scoping import TenantModel


class MessageWords(TenantModel):
    """The words of one text (`common.lexemes`), written a moment after it: no text waits for its index."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, primary_key=True, db_constraint=False, related_name="+"
    )
    interaction = models.ForeignKey(
        Interaction, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    words = SearchVectorField()

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="message_words"),
            models.Index(fields=["interaction", "message"], name="message_words_thread"),
        ]

    def __str__(self) -> str:
        return str(self.message_id)


class SearchProgress(models.Model):
    """The one row that tells how far the texts of all companies are indexed."""

    id = models.SmallIntegerField(primary_key=True)
    through = models.BigIntegerField(default=0)
    """Every text up to this one is; of later ones some may be."""
    candidate = models.BigIntegerField(default=0)
    candidate_at = models.DateTimeField(null=True)
    """The last text there was at that moment."""

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="search_progress_once")]

    def __str__(self) -> str:
        return str(self.through)
