"""Taking and checking the fencing token of a shard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scopchat.channels.drains import Work
from scopchat.common.queries import batch
from scopchat.gateway import queries


class Fenced(Exception):
    """Another run has taken the shard over: this one must stop and write nothing more."""


class Held(Exception):
    """This database may not send: it is a copy, or not known to be none (`gateway.copies`)."""


@dataclass(frozen=True, slots=True)
class Lease:
    work: Work
    shard: int
    epoch: int
    left_behind: bool = False
    """Whether an earlier run may have ended with texts claimed."""


def take(work: Work, shard: int) -> Lease:
    """Begins a run: every earlier run on this shard is fenced off from here on.

    Waits for a transaction of an earlier run that holds the lease; the server ends one that stays idle
    (`idle_in_transaction_session_timeout` in the settings). Raises `Held` where nothing may be sent.
    """
    epoch, left_behind, may_send = queries.take_lease(work.value, shard)
    if not may_send:
        raise Held
    return Lease(work, shard, epoch, left_behind)


def hold(lease: Lease) -> None:
    """Keeps the lease until the running transaction ends. Raises `Fenced` when it is lost."""
    if not batch(queries.HOLD_LEASE, [lease.work.value, lease.shard, lease.epoch]):
        raise Fenced(f"{lease.work.value}:{lease.shard}")


def note_claims(lease: Lease, moment: datetime | None) -> None:
    """Writes that the run has claimed texts at this moment; None when there are results for all it ever claimed."""
    batch(queries.NOTE_CLAIMS, [moment, lease.work.value, lease.shard, lease.epoch])
