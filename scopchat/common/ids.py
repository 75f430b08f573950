"""Numbers of objects, as addresses and forms bring them."""

from __future__ import annotations

MAX_ID = 2**63
"""Of a bigint, not included."""


def read_id(typed: str) -> int | None:
    """The number of an object; None for what cannot be one."""
    return int(typed) or None if typed.isascii() and typed.isdigit() and len(typed) < 19 else None
