"""The five kinds of company and which kind may stand under which (SPEC §1)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    OPERATOR = "operator", _("Operator")
    DISTRIBUTOR = "distributor", _("Distributor")
    RESELLER_L1 = "reseller_l1", _("Reseller L1")
    RESELLER_L2 = "reseller_l2", _("Reseller L2")
    CLIENT = "client", _("Client")


ALLOWED_CHILDREN: dict[Kind, frozenset[Kind]] = {
    Kind.OPERATOR: frozenset({Kind.DISTRIBUTOR, Kind.RESELLER_L1, Kind.CLIENT}),
    Kind.DISTRIBUTOR: frozenset({Kind.RESELLER_L1, Kind.CLIENT}),
    Kind.RESELLER_L1: frozenset({Kind.RESELLER_L2, Kind.CLIENT}),
    Kind.RESELLER_L2: frozenset({Kind.CLIENT}),
    Kind.CLIENT: frozenset(),
}
