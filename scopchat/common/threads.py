"""Functions that read or write the database, called from an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from django.db import connections


async def in_thread[**P, R](function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs the function in a thread, and gives its database connection back to the pool."""

    def run() -> R:
        try:
            return function(*args, **kwargs)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)
