"""Which runner may work on a shard, and whether this database may send at all."""

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


class Installation(models.Model):
    """The one row that tells this database from a copy of it (`gateway.copies`)."""

    id = models.SmallIntegerField(primary_key=True)
    place = models.CharField(max_length=100)
    """The database on which it was last looked at, as `queries.PLACE` names it: a copy is somewhere else."""
    sending_held_at = models.DateTimeField(null=True)
    """Since when nothing is sent, because this is a copy of which nobody has said that it is the only one."""

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_once")]

    def __str__(self) -> str:
        return self.place
