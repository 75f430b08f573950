"""What a company may be limited in, and who counts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _


class Resource(models.TextChoices):
    """Named after the field of `Company` that holds the limit."""

    USERS = "max_users", _("Users")
    CHANNELS = "max_channels", _("Channels")
    SEGMENTS_DAY = "max_segments_day", _("Segments today")
    SEGMENTS_MONTH = "max_segments_month", _("Segments this month")

    @property
    def flows(self) -> bool:
        """Whether its use starts again from nothing, every day or month."""
        return self in {Resource.SEGMENTS_DAY, Resource.SEGMENTS_MONTH}


Counter = Callable[[Sequence[int]], Mapping[int, int]]
"""How many each of these companies has in use; those without any may be absent. Runs in the scope of all of them."""
COUNTERS: dict[Resource, Counter] = {}


def register_counter(resource: Resource, counter: Counter) -> None:
    """Called from `AppConfig.ready` of the domain that has the things."""
    COUNTERS[resource] = counter
