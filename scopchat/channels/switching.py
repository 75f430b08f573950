"""What the domains above do when channels stop or come back because of a loan.

Channels stand below conversations and cannot end what waits in them: whoever has something to do registers it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from scopchat.tenancy.models import Company

Switched = Callable[[Company, Sequence[int], datetime], None]
"""Called with the company and the ids of its channels, after they were switched: in the transaction, in its scope."""
LISTENERS: list[Switched] = []


def when_switched(listener: Switched) -> None:
    """Called from `AppConfig.ready`."""
    LISTENERS.append(listener)


def tell_switched(company: Company, channels: Sequence[int], now: datetime) -> None:
    """Tells everyone that these channels of the company have stopped or come back."""
    if channels:
        for listener in LISTENERS:
            listener(company, channels, now)
