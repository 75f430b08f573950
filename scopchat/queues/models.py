"""Contact-centre queues: a destination shared by agents."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from scopchat.tenancy.scoping import TenantModel, tenant_manager


class Queue(TenantModel):
    """Where messages wait for agents until a manager or administrator takes or assigns them."""

    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    agents = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="queues", blank=True)
    administrators = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="administered_queues", blank=True)

    objects: ClassVar[Any] = tenant_manager()

    class Meta:
        verbose_name = _("queue")
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="queue_name_once")]

    def __str__(self) -> str:
        return self.name
