"""Carrier accounts, the addresses on them, and the journal of everything carriers told us."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scopchat.channels.hook_tokens import HookDigestField, new_hook_token
from scopchat.channels.providers.base import Account, Event, FailureReason
from scopchat.channels.shards import SHARDS
from scopchat.common.crypto import EncryptedJSONField, UnreadableSecrets
from scopchat.queues.models import Queue
from scopchat.tenancy.models import Company
from scopchat.tenancy.scoping import TenantModel


class Provider(TenantModel):
    """One account at a carrier."""

    kind = models.CharField(_("carrier"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    credentials = EncryptedJSONField(default=dict)
    api_base_url = models.CharField(_("API address"), max_length=300)
    hook_token = EncryptedJSONField(default=new_hook_token)
    hook_digest = HookDigestField(max_length=64, unique=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    incident = models.CharField(max_length=300, blank=True)
    """What is wrong at present, as a `FailureReason` and the carrier's words; empty when nothing is."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("provider")

    def __str__(self) -> str:
        return self.name

    @property
    def callback_url(self) -> str:
        """Public address of this account's hooks; `/inbound` and `/status` stand below it. May raise `Unreadable`."""
        return f"{settings.PUBLIC_URL}/hooks/{self.kind}/{self.hook_token}"

    @property
    def incident_words(self) -> str:
        """What is wrong at present, for those whose account it is."""
        detail = self.incident.partition(": ")[2]
        return f"{self.incident_kind} ({detail})" if self.incident else ""

    @property
    def incident_kind(self) -> str:
        """The same without the carrier's words, which may name addresses: for those to whom the account is lent."""
        return str(FailureReason(self.incident.partition(": ")[0]).label) if self.incident else ""

    @property
    def is_readable(self) -> bool:
        """Whether our keys can read its secrets; without them it neither sends nor receives."""
        return not any(isinstance(each, UnreadableSecrets) for each in (self.credentials, self.hook_token))

    @property
    def account(self) -> Account:
        """The value adapters work on. Raises `Unreadable` where our keys cannot read its secrets."""
        return Account(
            credentials=dict(self.credentials),
            api_base_url=self.api_base_url.rstrip("/")
            .replace("{public_url}", settings.PUBLIC_URL)
            .replace("{company_id}", str(self.company_id)),
            callback_url=self.callback_url,
        )


class Loan(TenantModel):
    """That a company lends a provider, or one channel alone, to a company below it (docs/decisions/0017).

    There is one for each borrower, which ends and begins again.
    """

    borrower = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="loans")
    channel = models.ForeignKey("Channel", on_delete=models.PROTECT, null=True, related_name="loans")
    """The lender's channel, where it alone is lent and not the provider."""
    lent_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "borrower"], condition=Q(channel=None), name="loan_provider_once"
            ),
            models.UniqueConstraint(
                fields=["channel", "borrower"], condition=Q(channel__isnull=False), name="loan_channel_once"
            ),
            models.UniqueConstraint(
                fields=["channel"],
                condition=Q(channel__isnull=False, revoked_at=None),
                name="loan_channel_to_one_company",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.borrower_id}"


class LoanUse(TenantModel):
    """What a borrower made of a loan on one of its own days: counts for the lender, nothing of what was said."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, db_index=False, related_name="uses")
    day = models.DateField()
    texts_in = models.PositiveBigIntegerField()
    texts_out = models.PositiveBigIntegerField()
    segments = models.PositiveBigIntegerField()
    """Of the texts out, counted as for the borrower's limits: when they are queued."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["loan", "day"], name="loan_use_once")]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.day}"


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
    """Whether it receives and sends; of an address at a provider one channel at the most does."""
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, null=True, related_name="channels")
    """By which the company has it, if the provider is another company's."""
    stopped_at = models.DateTimeField(null=True)
    """Since when it is out of use because it is lent to another company, or no longer lent to this one."""
    created_at = models.DateTimeField(auto_now_add=True)

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
            models.CheckConstraint(condition=Q(is_active=False) | Q(stopped_at=None), name="channel_stopped_is_out"),
        ]
        indexes = [
            models.Index(fields=["provider", "address"], name="channel_of_address"),
            models.Index(fields=["id"], condition=Q(stopped_at__isnull=False), name="channel_stopped"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_lent_whole(self) -> bool:
        """Whether this very number is lent to the company, not the provider: its rate is the lender's to set."""
        return self.loan is not None and self.loan.channel_id is not None

    @property
    def incident(self) -> str:
        """What is wrong with its provider, in the words that its company may see."""
        return self.provider.incident_kind if self.loan_id else self.provider.incident_words


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
