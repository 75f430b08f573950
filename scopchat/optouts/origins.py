"""How opt-outs come about."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Origin(models.TextChoices):
    """What the customer said counts before what others say of them."""

    TEXTED = "texted", _("texted by the customer")
    BY_HAND = "by_hand", _("added by hand")
    BLOCKED = "blocked", _("blocked by the carrier")
