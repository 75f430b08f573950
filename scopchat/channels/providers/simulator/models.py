"""What the simulated carrier knows: toy phones and the texts it took and delivered."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from scopchat.tenancy.scoping import TenantModel


class Outcome(models.TextChoices):
    """What becomes of a text sent to a toy phone."""

    DELIVER = "deliver", _("Delivered")
    FAIL = "fail", _("Accepted, then failed")
    REFUSE = "refuse", _("Refused at once")
    SILENT = "silent", _("Delivered, no receipt")
    UNCLEAR = "unclear", _("Taken, but no answer")


class SimulatedPhone(TenantModel):
    """A toy phone and how its carrier behaves."""

    number = models.CharField(_("number"), max_length=20)
    outcome = models.CharField(_("what happens"), max_length=10, choices=Outcome, default=Outcome.DELIVER)
    delay_seconds = models.PositiveSmallIntegerField(
        _("delay in seconds"), default=0, validators=[MaxValueValidator(600)]
    )
    duplicate = models.BooleanField(_("every callback twice"), default=False)
    reorder = models.BooleanField(_("receipts in the wrong order"), default=False)

    class Meta:
        verbose_name = _("toy phone")
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="simulated_phone_once")]

    def __str__(self) -> str:
        return self.number


def new_carrier_id() -> str:
    return f"sim-{uuid.uuid4().hex}"


class SimulatedText(TenantModel):
    """One text that the simulated carrier carried, as the toy phone shows it."""

    phone = models.ForeignKey(SimulatedPhone, on_delete=models.CASCADE, related_name="texts")
    channel_address = models.CharField(max_length=40)
    from_customer = models.BooleanField()
    text = models.TextField(blank=True)
    media_urls = models.JSONField(default=list)
    arrives = models.BooleanField(default=True, db_default=True)
    """Whether the phone shows it: what the carrier took and then failed never reached anybody."""
    carrier_id = models.CharField(max_length=40, unique=True, default=new_carrier_id)
    reference = models.CharField(max_length=30, blank=True)
    """The desk's name of the attempt, for look-ups."""
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["phone", "id"], name="simulated_text_thread"),
            models.Index(fields=["company", "reference"], name="simulated_text_reference"),
        ]

    def __str__(self) -> str:
        return self.carrier_id
