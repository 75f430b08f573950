"""Database access outside Django's request cycle: asynchronous connections and threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from django.db import connection, connections
from django_scopes import scopes_disabled
from procrastinate import PsycopgConnector


def connection_params() -> dict[str, Any]:
    """Parameters for a psycopg connection to Django's database."""
    params = dict(connection.get_connection_params())
    for name in ("cursor_factory", "context", "pool"):
        params.pop(name, None)
    return params


def jobs_connector() -> PsycopgConnector:
    """Procrastinate's own connections of one process, which try anew as soon as they are needed again."""
    return PsycopgConnector(kwargs=connection_params(), timeout=5.0, reconnect_timeout=0.0)


async def in_thread[**P, R](function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs a function of the gateway in a thread, over all companies, and gives its connection back to the pool."""

    def run() -> R:
        try:
            with scopes_disabled():
                return function(*args, **kwargs)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)
