"""What people are writing."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from scopchat.interactions.models.interactions import Interaction
from scopchat.tenancy.scoping import TenantModel


class Draft(TenantModel):
    """What a person is writing in a conversation, on whichever device; it is gone once it is sent."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    interaction = models.ForeignKey(
        Interaction, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="drafts"
    )
    key = models.UUIDField(default=uuid.uuid4)
    """Its message's idempotency key: two windows send it once."""
    text = models.TextField()
    is_note = models.BooleanField(default=False)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interaction", "person"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.interaction_id} {self.person_id}"
