"""Answers that are written once and sent often."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from scopchat.common.searching import Searched, SearchedQuerySet
from scopchat.tenancy.scoping import TenantManager, TenantModel

MAX_NAME = 40


class CannedQuerySet(SearchedQuerySet["CannedReply"]):
    pass


CannedManager = TenantManager.from_queryset(CannedQuerySet)


class CannedReply(Searched, TenantModel):
    """A company's answer, inserted where somebody types `/` and its name."""

    SEARCHED = ("name", "text")

    name = models.CharField(_("name"), max_length=MAX_NAME)
    text = models.TextField(_("text"))
    """With `{fields}` that are filled in where it is inserted (`canned.merging`)."""

    objects: ClassVar = CannedManager()

    class Meta:
        verbose_name = _("canned reply")
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="canned_name_once")]
        indexes = [models.Index(fields=["company", "search", "id"], name="canned_by_search")]

    def __str__(self) -> str:
        return self.name
