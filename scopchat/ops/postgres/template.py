"""A migrated cluster for tests, made once for a state of the code and copied from then on."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from scopchat.ops.installation import BASE_DIR
from scopchat.ops.postgres.cluster import Cluster
from scopchat.ops.postgres.external import Server, free_port

TEMPLATES = BASE_DIR / ".cache" / "test-template"


def copy_to(folder: Path) -> None:
    """Puts a stopped cluster there, whose database `ROLE` is of this version and empty; nothing may be there yet.

    Several runs may ask at once: they take turns, the first makes the template and removes those of other states.
    """
    TEMPLATES.mkdir(mode=0o711, parents=True, exist_ok=True)
    made = TEMPLATES / _state()
    with (TEMPLATES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for old in TEMPLATES.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            _make().rename(made)
        subprocess.run(("cp", "-a", made, folder), check=True)  # noqa: S603, S607


def _state() -> str:
    state = hashlib.sha256()
    for file in (BASE_DIR / "requirements.lock", *sorted(BASE_DIR.glob("scopchat/**/migrations/*.py"))):
        state.update(file.read_bytes())
    return state.hexdigest()[:16]


def _make() -> Path:
    server = Server(Cluster(TEMPLATES / "draft", port=free_port()))
    server.start()
    try:
        environment = {**os.environ, "DATABASE_URL": server.cluster.url()}
        command = (sys.executable, "-m", "scopchat.ops.cli", "migrate")
        subprocess.run(command, cwd=BASE_DIR, env=environment, check=True)  # noqa: S603
    finally:
        server.stop()
    return server.cluster.folder
