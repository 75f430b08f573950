"""Carrier accounts, the addresses on them, and the journal of everything carriers told us."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scopchat.channels.providers.base import Account, Event, FailureReason
from scopchat.channels.shards import SHARDS
from scopchat.common.crypto import EncryptedJSONField
from scopchat.queues.models import Queue
from scopchat.tenancy.scoping import TenantModel, tenant_manager


def new_hook_token() -> str:
    """192 random bits: unsigned carriers are known by it alone."""
    return secrets.token_hex(24)


class Provider(TenantModel):
    """One account at a carrier."""

    kind = models.CharField(_("carrier"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    credentials = EncryptedJSONField(default=dict)
    api_base_url = models.CharField(_("API address"), max_length=300)
    hook_token = models.CharField(max_length=64, unique=True, default=new_hook_token)
    is_active = models.BooleanField(_("active"), default=True)
    incident = models.CharField(max_length=300, blank=True)
    """What is wrong at present, as a `FailureReason` and the carrier's words; empty when nothing is."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = tenant_manager()

    class Meta:
        verbose_name = _("provider")

    def __str__(self) -> str:
        return self.name

    @property
    def callback_url(self) -> str:
        """Public address of this account's hooks; `/inbound` and `/status` stand below it."""
        return f"{settings.PUBLIC_URL}/hooks/{self.kind}/{self.hook_token}"

    @property
    def incident_words(self) -> str:
        """What is wrong at present, for a person."""
        reason, _colon, detail = self.incident.partition(": ")
        return f"{FailureReason(reason).label} ({detail})" if reason else ""

    @property
    def account(self) -> Account:
        """The value adapters work on."""
        return Account(
            credentials=self.credentials,
            api_base_url=self.api_base_url.rstrip("/")
            .replace("{public_url}", settings.PUBLIC_URL)
            .replace("{company_id}", str(self.company_id)),
            callback_url=self.callback_url,
        )


class Destination(models.TextChoices):
    USERS = "users", _("Users")
    QUEUE = "queue", _("Queue")


class Channel(TenantModel):
    """One address that sends and receives, and where its messages go."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="channels")
    name = models.CharField(_("name"), max_length=80)
    address = models.CharField(_("number"), max_length=20)
    destination = models.CharField(_("destination"), max_length=10, choices=Destination)
    users = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="channels", blank=True, verbose_name=_("users")
    )
    queue = models.ForeignKey(
        Queue, on_delete=models.PROTECT, null=True, blank=True, related_name="channels", verbose_name=_("queue")
    )
    throughput = models.PositiveIntegerField(_("segments per second"), default=1)
    shard = models.PositiveSmallIntegerField(db_index=True)
    next_send_at = models.DateTimeField(null=True, blank=True)
    """When the segments sent so far will have been earned at `throughput` (GCRA's theoretical arrival time)."""
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = tenant_manager()

    class Meta:
        verbose_name = _("channel")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "address"], condition=Q(is_active=True), name="channel_address_once"
            ),
            models.CheckConstraint(
                condition=Q(destination=Destination.QUEUE, queue__isnull=False)
                | Q(destination=Destination.USERS, queue__isnull=True),
                name="channel_has_its_destination",
            ),
            models.CheckConstraint(condition=Q(throughput__gte=1), name="channel_throughput_positive"),
            models.CheckConstraint(condition=Q(shard__lt=SHARDS), name="channel_shard_exists"),
        ]

    def __str__(self) -> str:
        return self.name


class EventState(models.TextChoices):
    ACCEPTED = "accepted"
    """Waits for the router as long as it has a `PendingEvent`; done when it has none."""
    UNMATCHED = "unmatched"
    """A receipt whose message is not known yet, or an address that no channel has yet."""
    SET_ASIDE = "set_aside"
    """Failed on its own after its batch failed; `error` says why."""
    REFUSED = "refused"
    """Malformed or wrongly signed; kept for inspection only."""


class InboundEvent(models.Model):
    """The journal: each callback as it arrived, before anything else happened.

    It belongs to a provider, not to a company: which company it concerns is found in it by the router. No foreign key
    constraint and no manager's magic, as thousands of rows a second are written here by `gateway.journal`.
    """

    provider = models.ForeignKey(
        Provider, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="events"
    )
    event = models.CharField(max_length=10, choices=Event)
    carrier_key = models.CharField(max_length=120)
    """The carrier's id of what happened; the same event twice has the same key."""
    carrier_id = models.CharField(max_length=80, blank=True)
    """The carrier's id of the message, of an event that is unmatched."""
    address = models.CharField(max_length=40, blank=True)
    """Our side of it, the channel's address, of an event that is unmatched."""
    shard = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=8)
    url = models.TextField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=EventState, default=EventState.ACCEPTED)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event", "carrier_key"], name="inbound_event_once"),
        ]
        indexes = [
            models.Index(
                fields=["provider", "carrier_id"],
                condition=Q(state=EventState.UNMATCHED),
                name="inbound_event_unmatched",
            ),
            models.Index(
                fields=["provider", "-id"],
                condition=Q(state__in=[EventState.SET_ASIDE, EventState.REFUSED, EventState.UNMATCHED]),
                name="inbound_event_incidents",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.carrier_key}"


class PendingEvent(models.Model):
    """That the router has not handled a callback yet. These rows come and go, so that the journal's stay as written."""

    pk = models.CompositePrimaryKey("shard", "event_id")
    shard = models.PositiveSmallIntegerField()
    event_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.shard}:{self.event_id}"
