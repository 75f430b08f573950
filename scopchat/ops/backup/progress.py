"""How far a backup or a restoration is, on stderr."""

from __future__ import annotations

import time
from collections.abc import Callable

from scopchat.ops.supervise import say

SECONDS = 5.0
"""Between two lines of one step, at the least."""


def of(step: str) -> Callable[[int], None]:
    """Says at once that the step begins; what it returns is told how many bytes are done, and says so now and then."""
    say(f"{step} …")
    latest = time.monotonic()

    def told(done: int) -> None:
        nonlocal latest
        if time.monotonic() - latest > SECONDS:
            latest = time.monotonic()
            say(f"{step}: {amount(done)}")

    return told


def amount(size: int) -> str:
    """Bytes for a person."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
