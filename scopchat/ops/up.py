"""`scopchat up`: the whole product on this machine, kept running until it is told to stop."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path

from scopchat.ops import environment, installation
from scopchat.ops.postgres.account import Launch
from scopchat.ops.postgres.cluster import Cluster
from scopchat.ops.postgres.leftover import clear
from scopchat.ops.postgres.readiness import ready
from scopchat.ops.supervise import Kept, Program, Stopped, say, stop_requested, unless_stopped
from scopchat.ops.translations import compile_translations

HOST = "127.0.0.1"
POLL_SECONDS = 0.05
SCOPCHAT = (sys.executable, "-m", "scopchat.ops.cli")


def up(*, port: int, folder: Path, with_demo: bool) -> int:
    """Runs until SIGINT, SIGTERM or SIGHUP; returns the exit code. Raises `CannotStart`."""
    installation.bind(HOST, port).close()
    installation.open_folder(folder)
    with installation.hold(folder):
        # Not needed to start, and a folder of programs that cannot be written is no reason to refuse.
        with suppress(OSError):
            compile_translations(installation.BASE_DIR / "locale")
        variables = environment.variables(folder, public_url=f"http://{HOST}:{port}")
        return asyncio.run(_run(port=port, folder=folder, variables=variables, with_demo=with_demo))


async def _run(*, port: int, folder: Path, variables: Mapping[str, str], with_demo: bool) -> int:
    stop = stop_requested()
    kept: list[Kept] = []
    try:
        if not os.environ.get("DATABASE_URL"):
            kept.append(await _start_postgres(environment.cluster(folder), stop))
        logins = await unless_stopped(_migrate(variables, with_demo=with_demo), stop)
        web, worker = ((*SCOPCHAT, "web", f"--host={HOST}", f"--port={port}"), (*SCOPCHAT, "worker"))
        for name, command in (("worker", worker), ("web", web)):
            kept.append(Kept(Program(name, partial(Launch, command), variables)))
        await unless_stopped(_until_serving(port), stop)
        print(
            f"\nSCOPCHAT is ready at {variables['SCOPCHAT_PUBLIC_URL']}\n{logins}Ctrl-C stops it.\n",
            flush=True,
        )
        await stop.wait()
    except Stopped:
        pass
    except _MigrationFailed as failure:
        return failure.code
    finally:
        say("stopping")
        # The other way round than they were started: web, worker, then the database they write to.
        for one in reversed(kept):
            await one.stop()
    return 0


async def _start_postgres(cluster: Cluster, stop: asyncio.Event) -> Kept:
    """The embedded server, answering, with its database. Raises `CannotStart`, `Stopped`."""
    await asyncio.to_thread(cluster.initialise)
    # Before anything connects: a server left by a killed `up` would answer, and then be stopped under us.
    await asyncio.to_thread(clear, cluster.folder)
    cluster.server()
    program = Program(
        "PostgreSQL",
        cluster.server,
        {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        # Fast shutdown: clients are cut off, everything committed is on disk.
        stop_signal=signal.SIGINT,
        patience=60.0,
        prepare=partial(asyncio.to_thread, clear, cluster.folder),
        output=cluster.log,
    )
    postgres = Kept(program)
    try:
        await unless_stopped(_until_answering(cluster), stop)
    except BaseException:
        await postgres.stop()
        raise
    return postgres


async def _until_answering(cluster: Cluster) -> None:
    waited = 0
    while not await asyncio.to_thread(ready, cluster):
        await asyncio.sleep(POLL_SECONDS)
        waited += 1
        if waited * POLL_SECONDS == 10:
            say(f"PostgreSQL is still starting; what it says is in {cluster.log} and {cluster.folder}/log")


class _MigrationFailed(Exception):
    """The command has said why; `code` is its exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


async def _migrate(variables: Mapping[str, str], *, with_demo: bool) -> str:
    """Brings the database up to date; returns what to tell about demo accounts."""
    command = (*SCOPCHAT, "migrate", *(("--demo",) if with_demo else ()))
    process = await asyncio.create_subprocess_exec(
        *command,
        env=variables,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if process.returncode:
        raise _MigrationFailed(process.returncode)
    return output.decode()


async def _until_serving(port: int) -> None:
    while True:
        if await asyncio.to_thread(_serves, port):
            return
        await asyncio.sleep(POLL_SECONDS)


def _serves(port: int) -> bool:
    """Whether the web server answers; its socket takes connections long before."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
