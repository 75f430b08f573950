"""On what the right to write to a list rests: who sends has to show it (Canada's anti-spam law, sections 6 and 10)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_SOURCE = 300


class Basis(models.TextChoices):
    """A kind of consent; express consent lasts until it is withdrawn, implied consent for a time."""

    UNKNOWN = "", _("None known")
    WRITTEN = "written", _("Express, in writing")
    ORAL = "oral", _("Express, by word of mouth")
    BUSINESS = "business", _("Implied: existing business relationship")
    INQUIRY = "inquiry", _("Implied: inquiry within the last six months")
    PUBLISHED = "published", _("Implied: number published without refusal of messages")
