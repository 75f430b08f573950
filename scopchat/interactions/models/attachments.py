"""Photos of texts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scopchat.interactions.models.messages import Message
from scopchat.tenancy.scoping import TenantModel


class AttachmentState(models.TextChoices):
    PENDING = "pending", _("being fetched")
    READY = "ready", _("ready")
    REFUSED = "refused", _("not an accepted photo")
    LOST = "lost", _("could not be fetched")


class Attachment(TenantModel):
    """A photo of an MMS: the carrier's reference at first, where it is a customer's, then our own checked copy."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    position = models.PositiveSmallIntegerField()
    source_url = models.TextField(blank=True)
    content_type = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=AttachmentState, default=AttachmentState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    """Earliest moment of the next attempt to fetch it."""
    file = models.FileField(upload_to="attachments/%Y/%m/", blank=True)

    class Meta:
        verbose_name = _("attachment")
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="attachment_position_once")]
        indexes = [models.Index(fields=["id"], condition=Q(state=AttachmentState.PENDING), name="attachment_pending")]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.position}"


class Upload(TenantModel):
    """A photo that a person has put into a text they are writing: checked, and theirs until the text is sent."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    """Bytes."""
    file = models.FileField(upload_to="attachments/%Y/%m/")
    uploaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id}/{self.pk}"
