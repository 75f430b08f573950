"""Who runs PostgreSQL: it refuses root, so root hands it to an account without rights."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scopchat.ops.installation import CannotStart

NAME = "scopchat"
# Bits of <linux/capability.h>, the lesser right first: passing through folders closed to the account.
CAPABILITIES = {"dac_read_search": 2, "dac_override": 1}


@dataclass(frozen=True, slots=True)
class Launch:
    """A program to start: its command and, when it is not to run as ourselves, under whose ids."""

    command: tuple[str, ...]
    uid: int | None = None
    gid: int | None = None
    descriptors: tuple[int, ...] = field(default=())

    def options(self) -> dict[str, Any]:
        """Arguments of `subprocess.Popen` besides the command.

        Its own session keeps the terminal's Ctrl-C away from it: whoever started it decides when it stops.
        """
        options = {"start_new_session": True, "pass_fds": self.descriptors, "stdin": subprocess.DEVNULL}
        if self.uid is None:
            return options
        return {**options, "user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> pwd.struct_passwd | None:
    """The account PostgreSQL runs under; None is ourselves. Made at root's first start."""
    if os.geteuid() != 0:
        return None
    for attempt in (1, 2):
        try:
            return pwd.getpwnam(NAME)
        except KeyError:
            if attempt == 1 and shutil.which("useradd"):
                command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
                # Two starts at the same moment: the second one's failure is the first one's success.
                subprocess.run(command, check=False, capture_output=True)  # noqa: S603
    return pwd.getpwnam("nobody")


def give(folder: Path) -> None:
    """Makes the folder, closed to everyone but PostgreSQL's account."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    account = server_account()
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)


def launch(command: tuple[str, ...], folder: Path) -> Launch:
    """How to start one of PostgreSQL's programs on the folder. Raises `CannotStart`."""
    account = server_account()
    if account is None:
        return Launch(command)
    if all(_reaches(account, path) for path in (Path(command[0]), folder.parent)):
        return Launch(command, account.pw_uid, account.pw_gid)
    # Typical of root: the checkout is below /root, which is closed. Nothing on the disk is opened for it; the
    # server gets the right to pass through closed folders instead.
    setpriv, capability = shutil.which("setpriv"), _capability()
    if setpriv is None or capability is None:
        raise CannotStart(
            f"PostgreSQL does not run as root and its account {account.pw_name!r} cannot reach {folder}: "
            "choose a folder open to it with --data, or start scopchat as an ordinary user."
        )
    ids = (f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")
    rights = (f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}")
    # Without this the kernel ignores the right in access(2), with which initdb looks for its own programs.
    bits = "--securebits=+no_setuid_fixup"
    return Launch((setpriv, *ids, bits, *rights, "--", *command))


def _reaches(account: pwd.struct_passwd, path: Path) -> bool:
    """Whether the account may pass through every folder down to the path, and through the path itself."""
    path = path.resolve()
    for step in (path, *path.parents):
        status = step.stat()
        if status.st_uid == account.pw_uid:
            needed = stat.S_IXUSR
        elif status.st_gid == account.pw_gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not status.st_mode & needed:
            return False
    return True


def _capability() -> str | None:
    """The least of the two rights that this process has and may pass on (containers drop some)."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    held = next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))
    return next((name for name, bit in CAPABILITIES.items() if held & 1 << bit), None)
