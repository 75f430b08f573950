"""Contact-centre queues: a destination shared by agents."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scopchat.queues.distribution import Mode, Priority
from scopchat.queues.querysets import QueueQuerySet
from scopchat.tenancy.scoping import TenantManager, TenantModel

QueueManager = TenantManager.from_queryset(QueueQuerySet)


class Queue(TenantModel):
    """Where messages wait for agents: until a manager or administrator takes or assigns them, or it does so itself."""

    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="QueueMember", related_name="queues")
    distribution = models.CharField(max_length=20, choices=Mode, default=Mode.MANUAL, db_default=Mode.MANUAL)
    priority = models.SmallIntegerField(choices=Priority, default=Priority.NORMAL, db_default=Priority.NORMAL)
    max_open = models.PositiveSmallIntegerField(null=True)
    """Whoever has so many conversations, of whatever queue, is offered no more; None where any number will do."""
    take_back_after = models.PositiveSmallIntegerField(null=True, default=5, db_default=5)
    """Minutes after which what was offered and not taken goes back; None where it stays with its agent."""
    grace = models.PositiveSmallIntegerField(default=2, db_default=2)
    """Minutes for which an agent who has gone keeps what they have not accepted, or whose customer waits."""
    closed_at = models.DateTimeField(null=True)
    """Since when nothing comes to it. It keeps its name, for what it once had."""

    objects: ClassVar = QueueManager()

    class Meta:
        verbose_name = _("queue")
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="queue_name_once")]

    def __str__(self) -> str:
        return self.name


class QueueMember(TenantModel):
    """What a person is in a queue: one of its agents, of its administrators, or both."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, db_index=False, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_agent = models.BooleanField(default=True)
    is_administrator = models.BooleanField(default=False)
    given_at = models.DateTimeField(null=True)
    """When the queue itself last offered them a conversation: whose turn it is."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "user"], name="queue_member_once"),
            models.CheckConstraint(
                condition=Q(is_agent=True) | Q(is_administrator=True), name="queue_member_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.user_id}"
