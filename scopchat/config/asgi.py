"""The server process: carriers' hooks, live streams and probes as bare ASGI; everything else is Django."""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scopchat.config.settings")

from django.conf import settings
from django.urls import resolve

from scopchat.common.database_watch import DatabaseWatch
from scopchat.config.pages import Pages
from scopchat.config.wsgi import application as django_application
from scopchat.tenancy.addresses import place_of

THREADS = 3
"""Threads for pages; one per process is busy at a time, the rest wait for the database."""
WITHOUT_DATABASE = frozenset({"/healthz", "/metrics"})


class Server:
    """Routes by path; starts and stops the background tasks of the process with the server."""

    def __init__(self) -> None:
        from scopchat.channels.queries import first_pending
        from scopchat.config.sizes import most_bytes
        from scopchat.gateway import health
        from scopchat.gateway.database import Jobs, connection_params, in_thread_unscoped
        from scopchat.gateway.hooks import Hooks
        from scopchat.gateway.journal import Journal
        from scopchat.gateway.known_accounts import KnownAccounts
        from scopchat.gateway.wakeups import Wakeups
        from scopchat.web.away import unavailable
        from scopchat.web.live.feed import Live

        self._jobs = Jobs()
        self._journal = Journal(connection_params())
        self._wakeups = Wakeups(self._jobs.app, lambda shards: in_thread_unscoped(first_pending, shards))
        self._live = Live(connection_params())
        self._unavailable = unavailable
        self._watch = DatabaseWatch(connection_params())
        self._pages = Pages(django_application, threads=THREADS, most_bytes=most_bytes)
        self._hooks = Hooks(
            public_url=settings.PUBLIC_URL,
            accounts=KnownAccounts(),
            journal=self._journal,
            wakeups=self._wakeups,
        )
        self.exact: dict[str, Any] = {
            "/healthz": health.healthz,
            "/readyz": health.readyz,
            "/metrics": health.metrics,
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            path = scope["path"]
            handler = self._hooks if path.startswith("/hooks/") else self.exact.get(path, self._pages)
            if place_of(path).path == "/live":
                handler = self._live
            if self._watch.away and path not in WITHOUT_DATABASE and not path.startswith("/static/"):
                handler = self._unavailable
            await handler(scope, receive, send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        loop = asyncio.get_running_loop()
        loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(THREADS))
        load_pages()
        async with self._jobs:
            tasks = [
                asyncio.create_task(each.run()) for each in (self._watch, self._journal, self._wakeups, self._live)
            ]
            for task in tasks:
                task.add_done_callback(_die_with)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._journal.close()
        await send({"type": "lifespan.shutdown.complete"})


def load_pages() -> None:
    """Imports every page before the first is asked for, and keeps what stays for good from the garbage collector.

    Carriers and live pages would wait for both, on the event loop.
    """
    resolve("/")
    gc.collect()
    gc.freeze()


def _die_with(task: asyncio.Task[None]) -> None:
    """A process without its journal or live feed must not go on answering: the supervisor starts a whole one."""
    if not task.cancelled() and task.exception() is not None:
        task.get_loop().call_exception_handler({"message": "background task died", "exception": task.exception()})
        os._exit(70)


application = Server()
