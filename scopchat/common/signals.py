"""Signals between domains, sent in the running transaction: a listener above hears what a service below has done."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.dispatch import Signal

logger = structlog.get_logger(__name__)


def listens(signal: Signal) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Connects a function whose own failure is logged and undoes nothing but what it did itself.

    For listeners that the sender can do without. It does set-based work or defers a job: the sender waits for it.
    """

    def connect(listener: Callable[..., object]) -> Callable[..., object]:
        @wraps(listener)
        def alone(*, sender: Any, signal: Signal, **values: Any) -> None:  # noqa: ARG001  what Django calls it with
            try:
                with transaction.atomic():
                    listener(**values)
            except (OperationalError, InterfaceError):
                # The database is gone, and the sender's transaction with it.
                raise
            except Exception:
                logger.exception("listener_failed", listener=listener.__qualname__)

        signal.connect(alone, weak=False, dispatch_uid=f"{listener.__module__}.{listener.__qualname__}")
        return listener

    return connect
