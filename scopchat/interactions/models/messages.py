"""Texts in and out, and those that are on their way."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scopchat.channels.models import Channel
from scopchat.channels.providers.base import FailureReason
from scopchat.interactions.models.interactions import Interaction
from scopchat.interactions.querysets import MessageQuerySet
from scopchat.interactions.status import MessageStatus
from scopchat.tenancy.models import Company
from scopchat.tenancy.scoping import TenantManager, TenantModel

MessageManager = TenantManager.from_queryset(MessageQuerySet)


class Direction(models.TextChoices):
    IN = "in"
    OUT = "out"


class Purpose(models.IntegerChoices):
    """What a text is for: reports count each by itself."""

    CONVERSATION = 0
    MASS = 1
    """One of a mass send."""
    NOTICE = 2
    """Of the product itself, to the company's own people."""
    AUTOMATIC = 3
    """Of the product itself, to a customer who wrote."""


class Message(TenantModel):
    """One SMS or MMS, in or out. One that belongs to no interaction names its customer itself."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    interaction = models.ForeignKey(
        Interaction, on_delete=models.PROTECT, null=True, db_index=False, related_name="messages"
    )
    customer = models.CharField(max_length=40, blank=True, db_default="")
    """Of a text without an interaction, and of an automatic one; of others their interaction says it."""
    purpose = models.SmallIntegerField(choices=Purpose, db_default=Purpose.CONVERSATION)
    mass_send_id = models.BigIntegerField(null=True)
    """Which mass send it is one of; these are above."""
    direction = models.CharField(max_length=3, choices=Direction)
    text = models.TextField(blank=True)
    segments = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=MessageStatus)
    reason = models.CharField(max_length=20, choices=FailureReason, blank=True)
    error_code = models.CharField(max_length=20, blank=True)
    error_detail = models.CharField(max_length=300, blank=True)
    carrier_id = models.CharField(max_length=80, null=True)  # noqa: DJ001  unique where known
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    idempotency_key = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    """How many attempts have ended; the one under way is counted in the outbox."""

    objects: ClassVar = MessageManager()

    class Meta:
        verbose_name = _("message")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "carrier_id"], condition=Q(carrier_id__isnull=False), name="message_carrier_once"
            ),
            models.UniqueConstraint(
                fields=["company", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="message_draft_once",
            ),
            models.CheckConstraint(
                condition=Q(interaction__isnull=False) | ~Q(customer=""), name="message_has_its_customer"
            ),
        ]
        indexes = [
            # None names the status: it changes twice for each text, and a change of what no index names costs none.
            models.Index(fields=["interaction", "id"], name="message_thread"),
            models.Index(
                fields=["channel", "customer", "created_at"],
                condition=Q(purpose=Purpose.AUTOMATIC),
                name="message_automatic",
            ),
            models.Index(
                fields=["channel", "customer", "created_at"], condition=Q(purpose=Purpose.MASS), name="message_mass"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.pk}"

    @property
    def recipient(self) -> str:
        """The customer's address, of a text that we send."""
        return self.interaction.customer if self.interaction else self.customer


class Priority(models.IntegerChoices):
    """Which queued texts of a channel go first."""

    LIVE = 0
    MASS = 10


class OutboxEntry(models.Model):
    """A text on its way: what the sender needs to know of it, until it is known what became of it.

    There is one for each message that is queued or unknown, and for no other. A claim changes this narrow row and none
    of its indexes; the message itself is written once, with the result.
    """

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, primary_key=True, db_constraint=False, related_name="outbox_entry"
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    interaction = models.ForeignKey(
        Interaction, on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    priority = models.SmallIntegerField(choices=Priority, default=Priority.LIVE)
    not_before = models.DateTimeField(null=True)
    """Earliest moment of the next attempt."""
    attempts = models.PositiveSmallIntegerField(default=0)
    """With the one under way."""
    refused_since = models.DateTimeField(null=True)
    """When the carrier first could not be reached, or would not take it for now: from then on its patience runs."""
    claim = models.UUIDField(null=True)
    """The sender's run that took it: the request may have left. Results count only under the same claim."""
    claimed_at = models.DateTimeField(null=True)
    unknown_at = models.DateTimeField(null=True)
    """When its run ended, or the carrier's answer failed to come, without a result."""

    class Meta:
        indexes = [
            models.Index(
                fields=["channel", "priority", "message"], condition=Q(unknown_at__isnull=True), name="outbox_next"
            ),
            models.Index(fields=["interaction", "message"], condition=Q(unknown_at__isnull=True), name="outbox_turn"),
            models.Index(fields=["unknown_at"], condition=Q(unknown_at__isnull=False), name="outbox_unknown"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}.{self.attempts}"
