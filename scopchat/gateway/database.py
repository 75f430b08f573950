"""Database access outside Django's request cycle: asynchronous connections and threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from django.db import connection
from django_scopes import scopes_disabled
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app
from psycopg_pool import AsyncConnectionPool

from scopchat.common.threads import in_thread


def connection_params() -> dict[str, Any]:
    """Parameters for a psycopg connection to Django's database."""
    params = dict(connection.get_connection_params())
    for name in ("cursor_factory", "context", "pool"):
        params.pop(name, None)
    return params


class Jobs:
    """Procrastinate with one process's own connections. It opens whether or not the database is there."""

    def __init__(self) -> None:
        self.app: App = app.with_connector(PsycopgConnector())
        self._pool = AsyncConnectionPool(
            kwargs=connection_params(),
            min_size=1,
            max_size=4,
            timeout=5.0,
            # Whoever needs a connection tries at once: nobody waits for the patience of an earlier attempt.
            reconnect_timeout=0.0,
            check=AsyncConnectionPool.check_connection,
            open=False,
        )

    async def __aenter__(self) -> Self:
        await self._pool.open()
        await self.app.open_async(self._pool)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.app.close_async()
        await self._pool.close()


async def in_thread_unscoped[**P, R](function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """`in_thread` over all companies."""

    def run() -> R:
        with scopes_disabled():
            return function(*args, **kwargs)

    return await in_thread(run)
