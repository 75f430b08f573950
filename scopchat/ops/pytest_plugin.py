"""Prepares the environment before pytest-django reads the settings, and a throw-away database for the run.

Loaded by `-p` in `pyproject.toml`: a conftest would come too late.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sys
from pathlib import Path

import psutil
import pytest

from scopchat.ops.installation import BASE_DIR
from scopchat.ops.parent import PR_SET_PDEATHSIG
from scopchat.ops.postgres import template
from scopchat.ops.postgres.cluster import ROLE, Cluster
from scopchat.ops.postgres.external import Server, free_port
from scopchat.ops.postgres.leftover import clear

CLUSTERS = BASE_DIR / ".cache" / "test-postgres"
ENVIRONMENT = {
    "SCOPCHAT_SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
    "SCOPCHAT_FIELD_KEYS": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "SCOPCHAT_PUBLIC_URL": "http://testserver.localhost",
    "SCOPCHAT_ALLOWED_HOSTS": "testserver,testserver.localhost,127.0.0.1,localhost",
    "SCOPCHAT_DATA_DIR": str(BASE_DIR / ".cache" / "test-data"),
    "SCOPCHAT_LOG_FORMAT": "text",
    "SCOPCHAT_UNDO_SEND_SECONDS": "0",
}


def _die_with_pytest() -> None:
    """In the server's process, before it starts: a run that is killed leaves no server."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _remove_leftovers() -> None:
    """Clusters of runs that were killed; each folder is named after the run's process."""
    for folder in CLUSTERS.glob("[0-9]*"):
        if folder.name.isdigit() and not psutil.pid_exists(int(folder.name)):
            clear(folder / "postgres")
            shutil.rmtree(folder, ignore_errors=True)


def _server() -> Server | None:
    """The run's own server, not started yet; None when a database is given or this is a worker of xdist."""
    if os.environ.get("DATABASE_URL"):
        return None
    cluster = Cluster(CLUSTERS / str(os.getpid()) / "postgres", port=free_port(), durable=False)
    # The workers of xdist are started later and inherit the address, and what their databases begin as.
    os.environ["DATABASE_URL"] = cluster.url("postgres")
    os.environ["TEST_DATABASE_TEMPLATE"] = ROLE
    return Server(cluster, before_exec=_die_with_pytest if sys.platform == "linux" else None)


def _keep_bytecode() -> None:
    """The run starts dozens of programs: none of them, and no worker of xdist, compiles again what another has."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(BASE_DIR / ".cache" / "bytecode")
    sys.dont_write_bytecode = False


for name, value in ENVIRONMENT.items():
    os.environ[name] = value
_keep_bytecode()
SERVER = _server()


def _folder(server: Server) -> Path:
    return server.cluster.folder.parent


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    """The server is up before the first test, and before any worker of xdist."""
    if SERVER is not None:
        _remove_leftovers()
        _folder(SERVER).mkdir(mode=0o711, parents=True)
        template.copy_to(SERVER.cluster.folder)
        SERVER.start()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """The end of the run is the end of its database."""
    if SERVER is not None and _folder(SERVER).exists():
        SERVER.stop()
        shutil.rmtree(_folder(SERVER))
