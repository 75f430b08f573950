"""What the product does by itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scopchat.automation.hours import Period, Week
from scopchat.automation.public_holidays import is_holiday
from scopchat.automation.querysets import FallbackQuerySet
from scopchat.channels.models import Channel
from scopchat.interactions.models import Interaction, Message
from scopchat.queues.models import Queue
from scopchat.tenancy.scoping import TenantManager, TenantModel

FallbackManager = TenantManager.from_queryset(FallbackQuerySet)


class Occasion(models.TextChoices):
    """Why a customer gets an automatic reply."""

    LEFT = "left"
    RETURNED = "returned"
    ASKED_FOR_HELP = "asked_for_help"
    CLOSED = "closed"
    NOBODY = "nobody"


class OpeningHours(TenantModel):
    """When a company's channels and queues are open, under a name; in the company's time zone."""

    name = models.CharField(_("name"), max_length=80)
    week = models.JSONField()
    """For each day from Monday on, its periods: when each begins and ends, as `HH:MM`."""
    region = models.CharField(max_length=10, blank=True)
    """Whose public holidays are days off, such as `CA-QC`; of nobody where it is empty."""
    days_off = models.JSONField(default=list)
    """Other days off, in ISO form."""

    class Meta:
        verbose_name = _("opening hours")
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="opening_hours_name_once")]

    def __str__(self) -> str:
        return self.name

    def in_zone(self, zone: ZoneInfo) -> Week:
        """The hours as a value that answers when it is open."""
        days = tuple(
            tuple(Period(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in day)
            for day in self.week
        )
        off = {date.fromisoformat(day) for day in self.days_off}
        return Week(days, zone, lambda day: day in off or is_holiday(self.region, day))


class Absence(models.TextChoices):
    """What happens to a conversation whose customer waits for somebody who is not there."""

    MANAGERS = "managers", _("It is brought to the managers")
    MEMBERS = "members", _("It goes back to its members")
    CLOSE = "close", _("It is closed")


class Fallback(TenantModel):
    """What happens on a channel, or in a queue, when nobody is there. Everything is off until somebody says it.

    A channel's own goes before its queue's (`services.unattended`).
    """

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, null=True, related_name="+")
    queue = models.OneToOneField(Queue, on_delete=models.CASCADE, null=True, related_name="+")
    hours = models.ForeignKey(OpeningHours, on_delete=models.PROTECT, null=True, related_name="fallbacks")
    """When it is open; always where there are none."""
    closed_reply = models.TextField(blank=True)
    nobody_reply = models.TextField(blank=True)
    """What who writes is told while it is open and nobody is there."""
    escalate_after = models.PositiveSmallIntegerField(null=True)
    """Minutes, of opening hours, after which what nobody has taken is brought to the managers."""
    close_after = models.PositiveSmallIntegerField(null=True)
    """Hours, by the clock, after which what nobody has taken is closed."""
    absent_after = models.PositiveSmallIntegerField(null=True)
    """Minutes, of opening hours, for which a customer waits for somebody who is not there."""
    absence = models.CharField(max_length=10, choices=Absence, default=Absence.MANAGERS)
    closing_text = models.TextField(blank=True)
    """What the customer is told whose conversation is closed so; nothing where it is empty."""

    objects: ClassVar = FallbackManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel=None, queue__isnull=False) | Q(channel__isnull=False, queue=None),
                name="fallback_of_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel or self.queue}"

    @property
    def zone(self) -> ZoneInfo:
        """In which its hours are meant."""
        return ZoneInfo(self.company.time_zone)

    @cached_property
    def week(self) -> Week | None:
        """When it is open; None where it always is."""
        return self.hours.in_zone(self.zone) if self.hours else None

    def open_since(self, minutes: int, now: datetime) -> datetime | None:
        """The latest moment since which it was open for so many minutes; None where it was not for weeks."""
        return self.week.back(now, minutes) if self.week else now - timedelta(minutes=minutes)


class ReplyTexts(TenantModel):
    """A channel's own words for those who leave, come back or ask for help; ours where one is empty."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, primary_key=True, related_name="+")
    left = models.TextField(blank=True)
    returned = models.TextField(blank=True)
    asked_for_help = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.channel_id}"


class AutoReply(TenantModel):
    """An automatic reply that is to be queued: it is here from its text's coming until it is queued, or left out."""

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, primary_key=True, db_constraint=False, related_name="+"
    )
    """The customer's text that is replied to, once."""
    interaction = models.ForeignKey(
        Interaction, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    occasion = models.CharField(max_length=20, choices=Occasion)
    language = models.CharField(max_length=7)
    window = models.CharField(max_length=40, db_default="")
    """The stretch of time in which the customer gets such a reply once; any number where it is empty."""
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.occasion} {self.message_id}"
