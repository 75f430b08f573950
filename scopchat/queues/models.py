"""Contact-centre queues: a destination shared by agents."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scopchat.queues.querysets import QueueQuerySet
from scopchat.tenancy.scoping import TenantManager, TenantModel

QueueManager = TenantManager.from_queryset(QueueQuerySet)


class Queue(TenantModel):
    """Where messages wait for agents until a manager or administrator takes or assigns them."""

    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="QueueMember", related_name="queues")
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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "user"], name="queue_member_once"),
            models.CheckConstraint(
                condition=Q(is_agent=True) | Q(is_administrator=True), name="queue_member_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.user_id}"
