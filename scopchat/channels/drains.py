"""Asking for a drain of a shard: one queued job at most per shard and kind of work.

The jobs themselves are in `gateway.tasks`; they are named here because news travels upward as jobs and events only.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


class Work(Enum):
    """The two kinds of work on a shard."""

    ROUTE = "route"
    SEND = "send"

    @property
    def task_name(self) -> str:
        return f"scopchat.gateway.tasks.{self.value}"


def drain_options(work: Work, shard: int) -> dict[str, Any]:
    """How a drain job is configured: one runs at a time per shard, and one more may wait behind it."""
    name = f"{work.value}:{shard}"
    return {"name": work.task_name, "lock": name, "queueing_lock": name, "queue": work.value, "allow_unknown": True}


def defer_drain(work: Work, shard: int) -> None:
    """Asks for the shard to be worked on; that it is asked for already is fine. Call outside transactions."""
    try:
        app.configure_task(**drain_options(work, shard)).defer(shard=shard)
    except AlreadyEnqueued:
        return
