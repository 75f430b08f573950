"""`scopchat web`: uvicorn with our application, in one process or several on one socket."""

from __future__ import annotations

import gc
import os
import socket
import sys
from functools import partial

import uvicorn

from scopchat.ops.postgres.account import Launch
from scopchat.ops.supervise import Kept, Program, stop_requested

SWITCH_SECONDS = 0.0005
"""How long a page's thread keeps the interpreter while the event loop wants it. Python's own 5 ms, waited for at each
step of a callback or a live notice, add up."""
GARBAGE_THRESHOLD = 50_000
"""Objects made before the collector looks for cycles among the youngest; 2,000 (Python's own) is one batch of hooks."""
GRACE_SECONDS = 3
"""How long requests under way may take at the end; live pages reconnect by themselves."""

LOST_MILLISECONDS = 20_000
"""A connection whose other side has confirmed nothing of what was sent for so long is lost. Without it a browser that
lost its network keeps its live stream, and its person looks present, for a quarter of an hour."""


def serve(bound: socket.socket) -> None:
    """Serves on a bound socket until told to stop."""
    if hasattr(socket, "TCP_USER_TIMEOUT") and bound.family != getattr(socket, "AF_UNIX", None):
        # Connections inherit it (Linux).
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, LOST_MILLISECONDS)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scopchat.config.settings")
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(GARBAGE_THRESHOLD)
    config = uvicorn.Config(
        "scopchat.config.asgi:application",
        http="httptools",
        ws="none",
        access_log=False,
        # The proxy's headers are Django's business, which trusts them only behind TLS.
        proxy_headers=False,
        server_header=False,
        log_config=None,
        backlog=2048,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[bound])


def serve_inherited(descriptor: int) -> None:
    """Serves on a socket handed down by `serve_many`."""
    serve(socket.socket(fileno=descriptor))


async def serve_many(bound: socket.socket, processes: int) -> None:
    """Keeps `processes` servers on the socket until told to stop; the kernel spreads connections."""
    stop = stop_requested()
    command = (sys.executable, "-m", "scopchat.ops.cli", "web", f"--socket={bound.fileno()}")
    launch = partial(Launch, command, descriptors=(bound.fileno(),))
    kept = [Kept(Program(f"web {number}", launch, dict(os.environ))) for number in range(1, processes + 1)]
    await stop.wait()
    for one in kept:
        await one.stop()
