"""The fixed cast of all tests: the demo's own people, with an outsider."""

from __future__ import annotations

from scopchat.ops import demo

Cast = demo.Cast
PASSWORD = "correct-horse-battery"


def make_cast() -> Cast:
    """The whole cast in an empty database; no scope is active afterwards."""
    return demo.create(password=PASSWORD)
