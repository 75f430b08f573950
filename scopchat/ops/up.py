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

import psycopg

from scopchat.ops import environment, installation, logins, pseudo_locales, schema
from scopchat.ops.installation import on_loopback
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
            pseudo_locales.of_installation(folder)
        variables = environment.variables(folder, public_url=f"http://{HOST}:{port}")
        return asyncio.run(_run(port=port, folder=folder, variables=variables, with_demo=with_demo))


async def _run(*, port: int, folder: Path, variables: Mapping[str, str], with_demo: bool) -> int:
    stop = stop_requested()
    kept: list[Kept] = []
    try:
        if not os.environ.get("DATABASE_URL"):
            kept.append(await _start_postgres(environment.cluster(folder), stop))
        told = await unless_stopped(_prepare(folder, variables, with_demo=with_demo), stop)
        web = (*SCOPCHAT, "web", f"--host={HOST}", f"--port={port}")
        kept.append(Kept(Program("web", partial(Launch, web), variables)))
        await unless_stopped(_until_serving(port), stop)
        # Not at once: on a small machine each would take the other's time, and the page is what is waited for. What
        # customers write meanwhile is in the journal. Before the server, as things stop the other way round.
        kept.insert(-1, Kept(Program("worker", partial(Launch, (*SCOPCHAT, "worker")), variables)))
        print(
            f"\nSCOPCHAT is ready at {variables['SCOPCHAT_PUBLIC_URL']}\n{told}Ctrl-C stops it.\n",
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


async def _prepare(folder: Path, variables: Mapping[str, str], *, with_demo: bool) -> str:
    """Migrates where something is to migrate; returns what to tell about demo accounts."""
    known = await asyncio.to_thread(_known_logins, folder, variables, with_demo=with_demo)
    return await _migrate(variables, with_demo=with_demo) if known is None else known


def _known_logins(folder: Path, variables: Mapping[str, str], *, with_demo: bool) -> str | None:
    """What to tell about demo accounts, or None when Django has to look at the database first."""
    try:
        with psycopg.connect(variables["DATABASE_URL"], autocommit=True, connect_timeout=5) as connection:
            if not schema.is_current(folder, connection):
                return None
            if not with_demo:
                return ""
            if not connection.execute("SELECT FROM tenancy_company WHERE kind = 'operator'").fetchone():
                return None
            return logins.told(connection.cursor()) if on_loopback(variables["SCOPCHAT_PUBLIC_URL"]) else ""
    except psycopg.Error:
        return None


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
