"""Conversations with customers: interactions, their messages, and what happened to them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _

from scopchat.channels.models import Channel
from scopchat.channels.providers.base import FailureReason
from scopchat.interactions.querysets import InteractionQuerySet, MessageQuerySet
from scopchat.interactions.status import Happening, InteractionStatus, MessageStatus
from scopchat.queues.models import Queue
from scopchat.tenancy.models import Company
from scopchat.tenancy.scoping import TenantManager, TenantModel

InteractionManager = TenantManager.from_queryset(InteractionQuerySet)
MessageManager = TenantManager.from_queryset(MessageQuerySet)


class Interaction(TenantModel):
    """One conversation episode between a channel and one customer address."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="interactions"
    )
    customer = models.CharField(_("customer's number"), max_length=40)
    status = models.CharField(_("status"), max_length=10, choices=InteractionStatus)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    offered_at = models.DateTimeField(null=True)
    """When it was given to its assignee, who has not accepted it yet."""
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    """Who gave it back to its members, while nobody has it: any of them may take it."""
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    unread = models.PositiveIntegerField(default=0)
    """Inbound messages that nobody entitled to answer has looked at."""
    preview = models.CharField(max_length=160, blank=True)
    preview_is_ours = models.BooleanField(default=False)
    waiting_since = models.DateTimeField(null=True)
    wake_at = models.DateTimeField(null=True)
    """When a paused one goes back to waiting by itself; None where it does not."""
    last_activity_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    """When anything a page shows of it last changed: the cursor by which pages catch up."""
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar = InteractionManager()

    class Meta:
        verbose_name = _("interaction")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "customer"],
                condition=~Q(status=InteractionStatus.CLOSED),
                name="interaction_one_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "-last_activity_at", "-id"],
                condition=~Q(status=InteractionStatus.CLOSED),
                name="interaction_inbox",
            ),
            models.Index(fields=["company", "-last_activity_at", "-id"], name="interaction_archive"),
            models.Index(fields=["company", "status", "-last_activity_at"], name="interaction_by_status"),
            # Numbers by how they begin and by how they end, whatever the database's collation.
            models.Index(
                "company",
                OpClass("customer", "varchar_pattern_ops"),
                F("last_activity_at").desc(),
                name="interaction_number_begins",
            ),
            models.Index("company", OpClass(Reverse("customer"), "text_pattern_ops"), name="interaction_number_ends"),
            models.Index(
                fields=["company", "waiting_since", "-last_activity_at", "-id"],
                condition=~Q(status=InteractionStatus.CLOSED),
                name="interaction_waiting_first",
            ),
            models.Index(fields=["company", "changed_at"], name="interaction_changed"),
            models.Index(
                fields=["assignee", "-last_activity_at"],
                condition=Q(assignee__isnull=False),
                name="interaction_of_assignee",
            ),
            models.Index(
                fields=["queue", "-last_activity_at"], condition=Q(queue__isnull=False), name="interaction_of_queue"
            ),
            models.Index(fields=["channel", "-last_activity_at"], name="interaction_channel"),
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="interaction_to_wake"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.customer}"


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
    """Of a text without an interaction; empty where there is one, which says it."""
    purpose = models.SmallIntegerField(choices=Purpose, db_default=Purpose.CONVERSATION)
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


class AttachmentState(models.TextChoices):
    PENDING = "pending", _("being fetched")
    READY = "ready", _("ready")
    REFUSED = "refused", _("not an accepted photo")
    LOST = "lost", _("could not be fetched")


class Attachment(TenantModel):
    """A photo of an MMS: first the carrier's reference, then our own checked copy."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    position = models.PositiveSmallIntegerField()
    source_url = models.TextField()
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


class InteractionEvent(TenantModel):
    """Who did what in an interaction, and when. Without a person the program did."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, db_index=False, related_name="events")
    happening = models.CharField(max_length=20, choices=Happening)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    about = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """Whom it was given to, or taken from."""
    queue = models.ForeignKey(
        Queue, on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    """The queue it was given to."""
    until = models.DateTimeField(null=True)
    """When a pause ends by itself."""
    note = models.TextField(blank=True, db_default="")
    """What was written for colleagues; never sent."""
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["interaction", "id"], name="interaction_event_thread")]

    def __str__(self) -> str:
        return f"{self.happening} {self.interaction_id}"

    @property
    def sentence(self) -> str:
        """Who did what, in the language in force."""
        whom = self.about.display_name if self.about else self.queue.name if self.queue else ""
        words = (self.person.display_name if self.person else "", self.get_happening_display(), whom)
        return " ".join(filter(None, words))
