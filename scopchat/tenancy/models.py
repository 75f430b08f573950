"""The company tree: who is a tenant, and under whom."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from scopchat.common.searching import Searched, SearchedQuerySet
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.scoping import TenantModel


class State(models.TextChoices):
    """Whether a company works, and if not, why."""

    ACTIVE = "active", _("Active")
    OFF = "off", _("Deactivated")
    OFF_ABOVE = "off_above", _("Deactivated above")
    ARCHIVED = "archived", _("Archived")


class CompanyQuerySet(SearchedQuerySet["Company"], MP_NodeQuerySet):  # type: ignore[override]
    """Companies, in the order of the tree."""


class TreeManager(MP_NodeManager):
    """treebeard's, with the model's own queryset."""

    def get_queryset(self) -> models.QuerySet[Company]:
        return models.Manager.get_queryset(self).order_by("path")


CompanyManager = TreeManager.from_queryset(CompanyQuerySet)


class Company(Searched, MP_Node):
    """A tenant: a node of the reseller tree. The root is the installation's one operator."""

    SEARCHED = ("name",)

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=2, default="CA", help_text=_("ISO code, for local numbers"))
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/Toronto")
    language = models.CharField(_("language"), max_length=5, default="fr")
    currency = models.CharField(_("currency"), max_length=3, default="CAD")
    is_active = models.BooleanField(_("active"), default=True)
    """Whether its people may sign in and its channels send: neither it nor a company above is off or archived."""
    switched_off_at = models.DateTimeField(null=True)
    """Since when it itself is deactivated, whatever the companies above are."""
    archived_at = models.DateTimeField(null=True)
    mass_sends = models.BooleanField(_("mass sends"), default=False)
    """Whether mass sends are allowed here; never where they are not allowed above."""
    pool_version = models.PositiveIntegerField(db_default=0)
    """Grows whenever limits or companies of the branch change."""
    asks_second_factor = models.BooleanField(_("second factor required"), default=False)
    """Whether this company itself requires it of its people and of all below."""
    needs_second_factor = models.BooleanField(default=False)
    """Whether it, or a company above, does."""
    second_factor_since = models.DateTimeField(null=True)
    """It holds for who has signed in after this; for everybody where it is null."""
    max_users = models.PositiveIntegerField(_("users"), null=True)
    """This and the next three: limits on the company and all below it together; none where it is null (`limits`)."""
    max_channels = models.PositiveIntegerField(_("channels"), null=True)
    max_segments_day = models.PositiveIntegerField(_("segments a day"), null=True)
    max_segments_month = models.PositiveIntegerField(_("segments a month"), null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    node_order_by: list[str] = []

    objects: ClassVar[CompanyManager] = CompanyManager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(kind=Kind.OPERATOR), name="company_one_operator"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def state(self) -> State:
        """What pages say of it."""
        if self.archived_at is not None:
            return State.ARCHIVED
        if self.switched_off_at is not None:
            return State.OFF
        return State.ACTIVE if self.is_active else State.OFF_ABOVE

    def is_or_is_under(self, other: Company) -> bool:
        """Whether this company is `other` or stands anywhere below it."""
        return bool(self.path.startswith(other.path))


class SegmentUse(TenantModel):
    """Segments that a company gave out for sending on one of its own days."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    day = models.DateField()
    segments = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "day"], name="segment_use_once")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.day}: {self.segments}"


class SegmentPool(TenantModel):
    """What is drawn from one limit on segments in one period: as much as the text that asks for more has to know.

    Made when somebody first draws from it. Where limits or companies of its branch change, another takes its place.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    """Whose limit it is."""
    resource = models.CharField(max_length=20)
    begins = models.DateField(db_index=True)
    """The day, or the first of the month, by the calendar of whoever draws."""
    version = models.PositiveIntegerField()
    """Of the company's limits (`Company.pool_version`)."""
    used = models.PositiveBigIntegerField()
    capacity = models.PositiveBigIntegerField()
    """The limit, less what is set aside for companies below that have limits of their own."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "resource", "begins", "version"], name="segment_pool_once"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.resource} {self.begins}: {self.used} of {self.capacity}"


class Archival(TenantModel):
    """One archiving of a company and what it removed, so that restoring brings back exactly that."""

    archived_at = models.DateTimeField()
    removed = models.JSONField(default=dict)
    """Ids by the name of the participant that removed them."""
    restored_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(restored_at=None), name="archival_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.archived_at}"
