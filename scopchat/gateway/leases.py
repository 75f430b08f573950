"""Taking and checking the fencing token of a shard."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F

from scopchat.channels.drains import Work
from scopchat.gateway.models import ShardLease


class Fenced(Exception):
    """Another run has taken the shard over: this one must stop and write nothing more."""


@dataclass(frozen=True, slots=True)
class Lease:
    work: Work
    shard: int
    epoch: int


def take(work: Work, shard: int) -> Lease:
    """Begins a run: every earlier run on this shard is fenced off from here on.

    Waits for a transaction of an earlier run that holds the lease; the server ends one that stays idle
    (`idle_in_transaction_session_timeout` in the settings).
    """
    ShardLease.objects.bulk_create([ShardLease(work=work.value, shard=shard)], ignore_conflicts=True)
    mine = ShardLease.objects.filter(work=work.value, shard=shard)
    mine.update(epoch=F("epoch") + 1)
    return Lease(work, shard, mine.get().epoch)


def hold(lease: Lease) -> None:
    """Keeps the lease until the running transaction ends. Raises `Fenced` when it is lost."""
    held = ShardLease.objects.select_for_update().filter(work=lease.work.value, shard=lease.shard, epoch=lease.epoch)
    if not list(held):
        raise Fenced(f"{lease.work.value}:{lease.shard}")
