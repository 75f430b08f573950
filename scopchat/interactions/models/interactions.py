"""One conversation episode, and what happened in it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _

from scopchat.channels.models import Channel
from scopchat.interactions.querysets import InteractionQuerySet
from scopchat.interactions.status import Happening, InteractionStatus
from scopchat.queues.models import Queue
from scopchat.tenancy.models import Company
from scopchat.tenancy.scoping import TenantManager, TenantModel

InteractionManager = TenantManager.from_queryset(InteractionQuerySet)


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
    escalated_at = models.DateTimeField(null=True)
    """When it was brought to the managers, for want of somebody who sees to it; None again after anybody's step."""
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
            # Views of the inbox: what somebody has, or nobody, and what is in a queue.
            models.Index(
                fields=["company", "assignee", "-last_activity_at", "-id"],
                condition=~Q(status=InteractionStatus.CLOSED),
                name="interaction_open_of",
            ),
            models.Index(
                fields=["queue", "-last_activity_at", "-id"],
                condition=Q(queue__isnull=False) & ~Q(status=InteractionStatus.CLOSED),
                name="interaction_open_in",
            ),
            models.Index(fields=["channel", "-last_activity_at"], name="interaction_channel"),
            models.Index(
                fields=["company", "-last_activity_at", "-id"],
                condition=Q(escalated_at__isnull=False),
                name="interaction_escalated",
            ),
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="interaction_to_wake"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.customer}"


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
