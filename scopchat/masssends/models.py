"""One text to many: what is sent, to whom, and how far it has come."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scopchat.channels.models import Channel
from scopchat.common.gsm import MAX_CHARACTERS
from scopchat.common.searching import Searched, SearchedQuerySet
from scopchat.tenancy.models import Company
from scopchat.tenancy.scoping import TenantManager, TenantModel

MAX_TITLE, MAX_CLOSING, MAX_REASON = 80, 160, 200


class SendState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PREPARING = "preparing", _("Being prepared")
    READY = "ready", _("Ready")
    SENDING = "sending", _("Sending")
    """Confirmed; it may begin later, and waits where it is night."""
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Sent")
    CANCELLED = "cancelled", _("Cancelled")


class PauseCause(models.TextChoices):
    """Why a send is paused. All but the first happen by themselves, and fail nobody."""

    PERSON = "person", _("Somebody paused it.")
    ACCOUNT = "account", _("The carrier refuses the account: its credentials or its balance.")
    LIMIT = "limit", _("The limit of segments is reached.")
    NOT_ALLOWED = "not_allowed", _("Mass sends are no longer allowed here.")
    UNWRITABLE = "unwritable", _("Its texts could not be written.")
    COPIED = "copied", _("This is a copy of the installation: the other may have sent on meanwhile.")


class MassSendQuerySet(SearchedQuerySet["MassSend"]):
    pass


MassSendManager = TenantManager.from_queryset(MassSendQuerySet)


class MassSend(Searched, TenantModel):
    """A text that goes to many, each of them once. What it will cost stands in it before anybody confirms it."""

    SEARCHED = ("title", "text")

    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    title = models.CharField(_("title"), max_length=MAX_TITLE, blank=True)
    """For its sender alone."""
    text = models.TextField(_("message"), max_length=MAX_CHARACTERS)
    """With fields, as `{name|you}`."""
    closing = models.CharField(_("sender and way out"), max_length=MAX_CLOSING, blank=True)
    """Appended to the text: who writes, and how to get no more of it."""
    no_closing = models.CharField(max_length=MAX_REASON, blank=True)
    """Why it needs none."""
    audience = models.JSONField(default=dict)
    """Ids of `lists`, `labels` and excluded lists (`without`), typed `numbers`, and `everybody`."""
    state = models.CharField(max_length=10, choices=SendState, default=SendState.DRAFT)
    cause = models.CharField(max_length=12, choices=PauseCause, blank=True)
    """Why it is paused."""
    starts_at = models.DateTimeField(null=True)
    """It does not begin before."""
    quiet_from = models.TimeField(default=time(21))
    """Nothing leaves from this hour on, in the recipient's zone,"""
    quiet_until = models.TimeField(default=time(9))
    """to this one; where both are the same, there is no such time."""
    pace = models.PositiveIntegerField(null=True)
    """Segments a minute, at the most; none for as fast as the channel may."""
    paced_until = models.DateTimeField(null=True)
    """Up to when the pace is used up."""
    # What was found when it was prepared.
    chosen = models.IntegerField(default=0)
    """Numbers that the audience gave, each as often as it was there; of them"""
    duplicates = models.IntegerField(default=0)
    excluded = models.IntegerField(default=0)
    invalid = models.IntegerField(default=0)
    """Typed, and no numbers."""
    recipients = models.IntegerField(default=0)
    """Those that are left: each has a row. Of them"""
    opted_out = models.IntegerField(default=0)
    """before or during the send,"""
    too_long = models.IntegerField(default=0)
    """would get a text over the limit,"""
    taken = models.IntegerField(default=0)
    """have had a text written, of which"""
    sent = models.IntegerField(default=0)
    delivered = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    unknown = models.IntegerField(default=0)
    segments = models.IntegerField(default=0)
    """All together, as they were counted before it was confirmed."""
    asleep = models.IntegerField(default=0)
    """Those for whom it is night when it begins;"""
    awake_at = models.DateTimeField(null=True)
    """by then it is morning for the last of them."""
    first_id = models.BigIntegerField(default=0)
    last_id = models.BigIntegerField(default=-1)
    """Its recipients lie between these, both included;"""
    position = models.BigIntegerField(default=0)
    """up to here each was taken or put off."""
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    """While it is prepared: a job works on it."""
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar = MassSendManager()

    class Meta:
        verbose_name = _("mass send")
        indexes = [
            models.Index(fields=["company", "-id"], name="mass_send_latest"),
            models.Index(fields=["channel"], condition=Q(state=SendState.SENDING), name="mass_send_under_way"),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:MAX_TITLE]

    @property
    def waiting(self) -> int:
        """Recipients who have had no turn yet; of a cancelled send they will have none."""
        return self.to_leave - self.taken

    @property
    def on_its_way(self) -> int:
        return self.taken - self.sent - self.delivered - self.failed - self.unknown

    @property
    def has_no_night(self) -> bool:
        """Whether it goes at any hour."""
        return self.quiet_from == self.quiet_until

    @property
    def left(self) -> int:
        """How many texts have gone to the carrier."""
        return self.sent + self.delivered + self.failed + self.unknown

    @property
    def to_leave(self) -> int:
        """How many it goes to, as it now stands."""
        return self.recipients - self.opted_out - self.too_long

    @property
    def is_scheduled(self) -> bool:
        """Whether it is confirmed for an hour, and has not begun."""
        return self.state == SendState.SENDING and self.starts_at is not None and not self.taken


class Recipient(TenantModel):
    """A number that a send goes to, once. What became of its text stands in the message."""

    class State(models.IntegerChoices):
        WAITING = 0, _("Waiting")
        PUT_OFF = 1, _("Waiting for the morning")
        TAKEN = 2, _("Taken")
        OPTED_OUT = 3, _("Opted out")
        TOO_LONG = 4, _("Too long")

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    mass_send = models.ForeignKey(
        MassSend, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    number = models.CharField(max_length=16)
    state = models.SmallIntegerField(choices=State, default=State.WAITING)
    not_before = models.DateTimeField(null=True)
    """Of one that was put off."""
    message_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "number", "mass_send"], name="recipient_once")]
        indexes = [
            models.Index(fields=["mass_send", "not_before"], condition=Q(state=1), name="recipient_put_off"),
        ]

    def __str__(self) -> str:
        return f"{self.mass_send_id} {self.number}"
