"""`scopchat web`: uvicorn with our application, in one process or several on one socket."""

from __future__ import annotations

import gc
import os
import resource
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
MAX_DESCRIPTORS = 65_536
GRACE_SECONDS = 3
"""How long requests under way may take at the end; live pages reconnect by themselves."""

QUIET_SECONDS = 5
"""A connection on which nothing comes in for so long is asked whether the other side is still there (by the kernel)."""
PROBE_SECONDS = 3
CONFIRM_SECONDS = 8
"""What was sent, data or a question, has to be confirmed within this. Without it a browser that lost its network keeps
its live stream, and its person looks present, for a quarter of an hour."""
LOST_SECONDS = QUIET_SECONDS + CONFIRM_SECONDS
"""At the latest, a connection ends after a network that went without a word."""


def serve(bound: socket.socket) -> None:
    """Serves on a bound socket until told to stop."""
    give_up_lost_connections(bound)
    raise_descriptor_limit()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scopchat.config.settings")
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(GARBAGE_THRESHOLD)
    config = uvicorn.Config(
        "scopchat.config.asgi:application",
        http="scopchat.config.doors:Door",
        ws="none",
        # A server whose background tasks did not start must not answer: uvicorn would take that for having none.
        lifespan="on",
        access_log=False,
        # The proxy's headers are Django's business, which trusts them only behind TLS.
        proxy_headers=False,
        server_header=False,
        log_config=None,
        backlog=2048,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[bound])


def raise_descriptor_limit() -> None:
    """Lets the process have as many connections as the system allows it; the usual 1,024 are soon taken."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def give_up_lost_connections(bound: socket.socket) -> None:
    """Connections that come in on the socket inherit it (Linux)."""
    if not hasattr(socket, "TCP_USER_TIMEOUT") or bound.family == getattr(socket, "AF_UNIX", None):
        return
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, QUIET_SECONDS)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, PROBE_SECONDS)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, CONFIRM_SECONDS * 1000)


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
