"""Who has left a channel's mass sends, and how that came about."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from scopchat.channels.models import Channel
from scopchat.optouts.origins import Origin
from scopchat.optouts.querysets import OptOutQuerySet
from scopchat.tenancy.scoping import TenantManager, TenantModel

MAX_NOTE = 500

OptOutManager = TenantManager.from_queryset(OptOutQuerySet)


class OptOut(TenantModel):
    """A number that left a channel's mass sends; there is no row of one that came back."""

    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    number = models.CharField(_("number"), max_length=40)
    since = models.DateTimeField()
    origin = models.CharField(max_length=10, choices=Origin, db_default=Origin.TEXTED)
    blocked_at = models.DateTimeField(null=True)
    """Since when the carrier refuses every text to it, mass or not; only the customer's START lifts that."""

    objects: ClassVar = OptOutManager()

    class Meta:
        verbose_name = _("opt-out")
        constraints = [models.UniqueConstraint(fields=["channel", "number"], name="optout_once")]
        indexes = [models.Index(fields=["company", "-since", "-id"], name="optout_latest")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.number}"

    @property
    def needs_proof(self) -> bool:
        """Whether it ends by hand only with a proof of renewed consent: the customer asked for it themselves."""
        return self.origin != Origin.BY_HAND


class Change(models.TextChoices):
    LEFT = "left", _("left")
    RETURNED = "returned", _("came back")
    BLOCKED = "blocked", _("blocked by the carrier")


class OptOutChange(TenantModel):
    """The log: each time that a number left, came back or was blocked. Nothing in it changes."""

    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    number = models.CharField(max_length=40)
    change = models.CharField(max_length=10, choices=Change)
    word = models.CharField(max_length=40, blank=True)
    """What the customer texted; empty where the carrier said it, or a person."""
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    """Who did it by hand; None where the customer or the carrier said it."""
    note = models.CharField(max_length=MAX_NOTE, blank=True, db_default="")
    """How the customer asked for it, or the proof of renewed consent."""
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["channel", "number", "id"], name="optout_change_of_number")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.number} {self.change}"
