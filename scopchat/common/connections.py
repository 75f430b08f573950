"""Whether a pooled database connection still stands, asked without a journey to the server."""

from __future__ import annotations

import select
from typing import Any

from psycopg import Connection


def check(connection: Connection[Any]) -> None:
    """Raises `psycopg.OperationalError` for a connection whose server went away.

    A server that stops says so on the connection: an idle one with nothing to read stands. Asking the server each time
    would be a fifth of what a live page's request costs.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        connection.execute("")
