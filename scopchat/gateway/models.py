"""Which runner may work on a shard: a fencing token that a frozen or cut-off runner no longer holds."""

from __future__ import annotations

from django.db import models


class ShardLease(models.Model):
    """The number of the latest run on a shard. Each run begins by raising it; an older run's writes then fail.

    Procrastinate's lock decides who runs. This closes the one gap a lock with a time-out leaves: a runner that was
    frozen past its heartbeat wakes up and goes on beside the one that replaced it.
    """

    work = models.CharField(max_length=10)
    shard = models.PositiveSmallIntegerField()
    epoch = models.BigIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    """When a sending run last claimed texts; null when there are results for all that were claimed."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["work", "shard"], name="shard_lease_once")]

    def __str__(self) -> str:
        return f"{self.work}:{self.shard}"
