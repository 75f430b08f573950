"""What the product does by itself."""

from __future__ import annotations

from django.db import models

from scopchat.interactions.models import Interaction, Message
from scopchat.tenancy.scoping import TenantModel


class Occasion(models.TextChoices):
    """Why a customer gets an automatic reply."""

    LEFT = "left"
    RETURNED = "returned"
    ASKED_FOR_HELP = "asked_for_help"


class AutoReply(TenantModel):
    """An automatic reply that is to be queued: it is here from its text's coming until it is queued, or left out."""

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, primary_key=True, db_constraint=False, related_name="+"
    )
    """The customer's text that is replied to, once."""
    interaction = models.ForeignKey(
        Interaction, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    occasion = models.CharField(max_length=20, choices=Occasion)
    language = models.CharField(max_length=7)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.occasion} {self.message_id}"
