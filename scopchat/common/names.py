"""Resolving host names: one that never answers costs a thread, and its askers a few seconds, but nobody else."""

from __future__ import annotations

import asyncio
import socket
import time
from concurrent.futures import ThreadPoolExecutor

SECONDS = 5.0
"""How long a caller waits for a name."""
THREADS = 32
"""Names looked up at once. The system's resolver cannot be interrupted: a hanging one keeps its thread for minutes."""
REFUSED_SECONDS = 5.0
"""How long a name that could not be resolved is not asked for again."""


class Unresolved(Exception):
    """The name has no address, or none was told in time."""


class Names:
    """The resolver of one event loop."""

    def __init__(self) -> None:
        # Threads of its own: the loop's default ones talk to the database.
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="name")
        self._asked: dict[tuple[str, int], asyncio.Future[list[str]]] = {}
        self._refused: dict[tuple[str, int], float] = {}

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses behind the name, in the resolver's order. Raises `Unresolved`."""
        key = (host, port)
        if time.monotonic() < self._refused.get(key, 0.0):
            raise Unresolved(host)
        asked = self._asked.get(key)
        if asked is None:
            asked = asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port)
            self._asked[key] = asked
            asked.add_done_callback(lambda done: self._answered(key, done))
        try:
            # Whoever asks for the same name meanwhile waits for the same answer, which goes on when one gives up.
            return await asyncio.wait_for(asyncio.shield(asked), SECONDS)
        except (TimeoutError, OSError, UnicodeError) as error:
            raise Unresolved(host) from error

    def _answered(self, key: tuple[str, int], done: asyncio.Future[list[str]]) -> None:
        del self._asked[key]
        if not done.cancelled() and done.exception() is not None:
            now = time.monotonic()
            self._refused = {name: until for name, until in self._refused.items() if until > now}
            self._refused[key] = now + REFUSED_SECONDS

    def close(self) -> None:
        """Forgets what is being looked up; threads that hang end with their look-up, or with the process."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    return [str(found[-1][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
